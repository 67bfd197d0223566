"""Execute Admin GraphQL documents against the store's own tables."""
