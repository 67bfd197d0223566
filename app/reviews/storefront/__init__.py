"""A product's reviews as the storefront shows them: its summary and the stars themes read."""
