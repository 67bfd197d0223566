"""Build the cart link of a buy-again link at the click: what is still sold now, not what was sold then. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit


@dataclass(frozen=True, slots=True)
class Wanted:
    """Hold one variant that can be bought now, and how many were bought."""

    variant_shopify_id: int
    quantity: int


def cart_permalink(shop_url: str, wanted: Sequence[Wanted], campaign: str) -> str:
    """Return the storefront's cart permalink; raise ValueError when nothing can be bought or the URL is not http(s)."""
    if urlsplit(shop_url).scheme not in {"http", "https"}:
        raise ValueError("a storefront's address starts with http")
    if not wanted:
        raise ValueError("nothing of the order is for sale")
    cart = ",".join(f"{one.variant_shopify_id}:{one.quantity}" for one in wanted)
    query = urlencode({"utm_source": "welltimed", "utm_medium": "email", "utm_campaign": campaign})
    return f"{shop_url.rstrip('/')}/cart/{cart}?{query}"
