"""Read what was kept of a shop's past, and hold how things stood at an instant: rows of no session."""
