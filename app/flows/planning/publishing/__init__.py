"""Flows as documents: made, published, moved to, switched, exported and imported."""
