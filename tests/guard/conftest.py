"""The shop, its people and a mail server, as the tests of the shopper's pages have them."""

from tests.shopper.conftest import people, strangers, web, wired
from tests.shopper.test_unsubscribe_race import sink, started

__all__ = ["people", "sink", "started", "strangers", "web", "wired"]
