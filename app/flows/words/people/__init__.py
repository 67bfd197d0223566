"""What is known of a person's wishes, and who did something."""
