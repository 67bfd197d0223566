"""What every domain stands on; no domain word may appear here."""
