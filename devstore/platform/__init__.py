"""Stand for the platform side of Shopify: installation, tokens, scopes and the Admin API."""
