"""How often a shop writes to a person, and how soon again: the merchant's measure for every flow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from app.shops.settings import Section


@dataclass(frozen=True, slots=True)
class Measures(Section):
    """Bound what is not part of the sale, over all flows together. Whole numbers, each at least 1."""

    SECTION: ClassVar[str] = "measures"

    per_week: int = 3
    per_month: int = 8
    asks_apart_months: int = 12
    same_apart_days: int = 30
    gifts: str = "buyer"  # who is asked about a gift: buyer | nobody
    gift_by_recipient: bool = False  # a parcel to somebody else than the buyer counts as a gift
