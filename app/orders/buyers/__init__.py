"""Whose orders they are: buyers who were merged, are gone or erased, and what is held of them."""
