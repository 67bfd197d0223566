"""Signed notifications to the app, with Shopify's headers, deadlines, retries and unreliability."""
