"""The platform: what Shopify signs, the tokens it gives, its Admin API, and its payloads as plain facts."""
