"""What happens to people and orders, drawn by repeatable dice: no table, no wire."""
