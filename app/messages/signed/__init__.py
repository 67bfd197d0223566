"""What a person does by a signed link: its pages, and what pressing there changes."""
