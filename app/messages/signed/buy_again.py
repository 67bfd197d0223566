"""Build the cart link of a buy-again link at the click: what is still sold now, not what was sold then. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit


@dataclass(frozen=True, slots=True)
class Wanted:
    """Hold one variant that can be bought now, and how many were bought."""

    variant_shopify_id: int
    quantity: int


def cart_permalink(shop_url: str, wanted: Sequence[Wanted], campaign: str) -> str | None:
    """Return the storefront's cart permalink; None when nothing can be bought or the shop's URL is not http(s)."""
    if urlsplit(shop_url).scheme not in {"http", "https"} or not wanted:
        return None
    counts: Counter[int] = Counter()
    for one in wanted:
        counts[one.variant_shopify_id] += one.quantity
    cart = ",".join(f"{variant}:{quantity}" for variant, quantity in counts.items())
    query = urlencode({"utm_source": "welltimed", "utm_medium": "email", "utm_campaign": campaign})
    return f"{shop_url.rstrip('/')}/cart/{cart}?{query}"
