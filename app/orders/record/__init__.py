"""What is kept of an order: as Shopify tells it, never older than what is there, and what was known when."""
