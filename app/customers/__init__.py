"""The person: identity, consent, suppression, preferences, erasure."""
