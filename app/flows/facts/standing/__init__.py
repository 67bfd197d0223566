"""How things stand with the subject of a run: its story, and what conditions may ask about it."""
