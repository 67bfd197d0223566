"""What happened elsewhere, and what becomes of what waits: returns, merges, other calendars, shops that are back."""
