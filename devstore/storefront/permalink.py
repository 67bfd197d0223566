"""Read a cart permalink: ``/cart/<variant>:<quantity>,…`` with Shopify's optional parameters."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

ITEM = re.compile(r"([1-9][0-9]{0,17}):([1-9][0-9]{0,2})")
MOST_LINES = 50


class BadPermalink(ValueError):
    """The address names no items; the message says what was expected."""


@dataclass(frozen=True)
class Permalink:
    """Items as (variant id, quantity), and what the link already knows about the buyer."""

    items: tuple[tuple[int, int], ...]
    email: str = ""
    first_name: str = ""
    note: str = ""

    @property
    def path(self) -> str:
        """The items as they stand in the address."""
        return ",".join(f"{variant}:{quantity}" for variant, quantity in self.items)


def read_permalink(path: str, query: Mapping[str, str]) -> Permalink:
    """Return what the link asks for; the same variant twice adds up. Raises BadPermalink."""
    items: dict[int, int] = {}
    pieces = path.split(",")
    for piece in pieces:
        match = ITEM.fullmatch(piece)
        if match is None or len(pieces) > MOST_LINES:
            raise BadPermalink("A cart link looks like /cart/123:1,456:2 with at most 50 items.")
        items[int(match[1])] = min(items.get(int(match[1]), 0) + int(match[2]), 999)
    return Permalink(
        items=tuple(items.items()),
        email=query.get("checkout[email]", "")[:254],
        first_name=query.get("checkout[shipping_address][first_name]", "")[:100],
        note=query.get("note", "")[:500],
    )
