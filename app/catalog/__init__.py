"""What the shop sells: products and variants."""
