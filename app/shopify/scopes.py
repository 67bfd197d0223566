"""Which access to a shop the app needs, and which it may ask for in context. shopify.app.toml says the same. Pure."""

from __future__ import annotations

from collections.abc import Iterable

REQUIRED = (
    "read_orders",
    "read_fulfillments",
    "read_customers",
    "read_products",
    "read_returns",
    "read_customer_merge",
)
OPTIONAL = (
    "write_products",  # the standard stars on products
    "write_discounts",  # one-time codes in follow-ups
    "write_customers",  # an unsubscribe here also reaches Shopify
    "read_all_orders",  # the last two years instead of 60 days
)


def missing(granted: Iterable[str]) -> frozenset[str]:
    """Return the required scopes that were not granted; a write scope grants its read scope."""
    have = set(granted)
    return frozenset(scope for scope in REQUIRED if not {scope, scope.replace("read_", "write_", 1)} & have)
