"""The shopper's page: what can be rated, what was typed, and keeping it."""
