"""What a merchant can say: a flow, its steps, and how its document is read and written. Pure."""
