"""Say in words why a shop could not be read from Shopify, for whoever runs the app."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

WORDS: Final[Mapping[str, str]] = {
    "ShopClosed": "Shopify answers for it as for a closed shop: frozen, locked or gone. Nothing to do until it opens.",
    "AccessDenied": "Shopify does not let the app read there: a scope or the approval for customer data is missing.",
    "TokenRefused": "Shopify no longer accepts the app's access. The merchant opens the app again to reconnect.",
    "GrantRefused": "Shopify no longer renews the app's access. The merchant opens the app again to reconnect.",
    "ClientRefused": "Shopify does not know the app there: it is not installed, or SHOPIFY_API_SECRET is wrong.",
    "NotConnected": "There is no access to it. The merchant opens the app again to reconnect.",
    "TokenUnavailable": "Shopify gave no token. Try again later.",
    "Throttled": "What the shop may ask of Shopify is spent. Try again in a minute.",
    "Unreachable": "No usable answer came from Shopify. Try again later.",
    "Rejected": "Shopify does not accept the question itself, which is a fault of the app.",
    "PayloadError": "An answer of Shopify's could not be read, which is a fault of the app.",
}


def refused_words(fault: str) -> str:
    """Return a fault's name, as `sync_cursor.last_fault` keeps it, and what it means."""
    return f"{fault}. {WORDS[fault]}" if fault in WORDS else f"{fault}. The log says more."
