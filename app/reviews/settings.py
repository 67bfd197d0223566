"""What a merchant allows reviews to write outside the app's own place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from app.shops.settings import Section


@dataclass(frozen=True, slots=True)
class StandardStars(Section):
    """Say whether the shared metafields `reviews.rating` and `reviews.rating_count` are ours to write."""

    SECTION: ClassVar[str] = "standard_stars"

    allowed: bool = False
    defined: bool = False  # Shopify's definitions of the two were enabled
