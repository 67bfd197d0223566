"""What a shop leaves out of everything that is not news of the order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from app.shops.settings import Section


@dataclass(frozen=True, slots=True)
class LeftOut(Section):
    """Hold names as the merchant typed them, one a line; case does not matter."""

    SECTION: ClassVar[str] = "left_out"

    products: str = ""  # handles: the last part of the product's address
    product_tags: str = ""
    collections: str = ""  # handles, as of products
    order_tags: str = ""
    customer_tags: str = ""
    emails: str = ""

    @property
    def is_empty(self) -> bool:
        """Say whether nothing is left out."""
        by_product = (self.products, self.product_tags, self.collections)
        return not any((*by_product, self.order_tags, self.customer_tags, self.emails))


def names(typed: str) -> frozenset[str]:
    """Return what was typed, one name a line, in lower case."""
    return frozenset(name for line in typed.splitlines() if (name := line.strip().lower()))


def first_of(tags: Iterable[str], wanted: frozenset[str]) -> str | None:
    """Return the first of the tags that is wanted, as it is spelled, or None."""
    return next((tag.strip() for tag in tags if tag.strip().lower() in wanted), None)
