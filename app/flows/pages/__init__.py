"""What a merchant sees and presses in the admin."""
