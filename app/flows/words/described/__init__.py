"""What a flow does and whom it is for: its steps, its ways, who is in it."""
