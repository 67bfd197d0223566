"""Know what each access scope lets an app do, in words for a shopkeeper."""

from collections.abc import Iterable

REASONS = {
    "read_orders": "See orders of the last 60 days: what was bought, when, and where it goes.",
    "read_all_orders": "See orders older than 60 days.",
    "read_fulfillments": "See parcels and what carriers report about them.",
    "read_customers": "See customers: name, email, language, and whether they agreed to marketing.",
    "read_products": "See products, their pictures and prices.",
    "read_returns": "See returns, so that nobody is asked about an item that is going back.",
    "read_customer_merge": "Learn when two customer records become one.",
    "write_products": "Write to products: the standard star ratings other tools read.",
    "write_discounts": "Create discount codes.",
    "write_customers": "Change customers: their choice about marketing emails.",
}


def reason(scope: str) -> str:
    """Return why an app asks for the scope, or its bare name where we know no better."""
    return REASONS.get(scope, f"Use {scope.replace('_', ' ')}.")


def with_implied(scopes: Iterable[str]) -> frozenset[str]:
    """Return the scopes and what they imply: writing includes reading."""
    granted = set(scopes)
    return frozenset(granted | {"read_" + scope[6:] for scope in granted if scope.startswith("write_")})
