"""What a merchant can ask about an order and its buyer, and how it is answered. Pure."""
