"""Bodies of webhooks, complete and in Shopify's shape (API version 2026-10)."""
