"""Customers: found, and one person's timeline."""
