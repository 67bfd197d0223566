"""What is planned, moved, held and released."""
