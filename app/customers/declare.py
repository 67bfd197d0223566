"""Keep what the merchant declares about their own shop, by which the country table is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from app.customers.policy.terms import Declared
from app.shops.settings import Section


@dataclass(frozen=True, slots=True)
class Law(Section):
    """Hold the declarations; who made them and when stands in the version of the section."""

    SECTION: ClassVar[str] = "law"

    refusal_offered: bool = False
    asks_are_service: bool = False

    def declared(self) -> Declared:
        """Return them as the table reads them."""
        return Declared(self.refusal_offered, self.asks_are_service)
