"""Compute a product's rating from its reviews, always from all of them. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

STARS = (5, 4, 3, 2, 1)
ONE_PLACE = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class Summary:
    """Hold a product's counts. `received` counts all, `histogram` the published ones by stars."""

    received: int
    published: int
    hidden: int
    rating_sum: int
    histogram: dict[int, int]

    @property
    def average(self) -> Decimal | None:
        """Return the mean of published ratings to one place, half up; None while there are none."""
        if self.published == 0:
            return None
        return (Decimal(self.rating_sum) / self.published).quantize(ONE_PLACE, ROUND_HALF_UP)


def summarise(reviews: Iterable[tuple[int, str]]) -> Summary:
    """Return the summary of (rating, state) pairs."""
    rows = list(reviews)
    states = Counter(state for _, state in rows)
    published = [rating for rating, state in rows if state == "published"]
    stars = Counter(published)
    return Summary(
        received=len(rows),
        published=len(published),
        hidden=states["hidden"],
        rating_sum=sum(published),
        histogram={star: stars[star] for star in STARS},
    )
