"""A shop of its own for every test, whose people can review what they bought, and the store it publishes to."""

from tests.reviews.store import database, store
from tests.shopper.conftest import people, strangers, web, wired

__all__ = ["database", "people", "store", "strangers", "web", "wired"]
