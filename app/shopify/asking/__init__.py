"""Asking the shop: the Admin API, its budget, bulk operations and the calls that change something."""
