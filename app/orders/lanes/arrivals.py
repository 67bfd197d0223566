"""Estimate one lane's distribution from arrivals and parcels still out. Pure.

A parcel without an arrival has taken at least so long, reported or not: left out, slow lanes would look fast. The
product-limit estimate takes it in, and what never comes down to zero is the share nobody reports.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from app.orders.lanes.curve import CELLS, Curve, cell

FEWEST: Final = 5  # parcels still in question, below which a single late one would speak for all
OLD: Final = 20.0  # working days after which a parcel has told what it will tell


@dataclass(slots=True)
class Counts:
    """Count a lane's parcels by working days: how long those took that arrived, and how long the others are out.

    `old` are those of either kind sent so long ago that what they will tell has been told.
    """

    arrived: list[int] = field(default_factory=lambda: [0] * CELLS)
    out: list[int] = field(default_factory=lambda: [0] * CELLS)
    old: int = 0

    def add(self, age: float, took: float | None) -> None:
        """Count one parcel sent `age` working days ago, which took `took` or has no arrival."""
        if took is None:
            self.out[cell(age)] += 1
        else:
            self.arrived[cell(took)] += 1
        self.old += age >= OLD

    @property
    def total(self) -> int:
        """Return how many parcels there are."""
        return sum(self.arrived) + sum(self.out)

    @property
    def known(self) -> int:
        """Return how many arrivals can be leant on: not those of a lane too young to have seen its slow ones."""
        return min(sum(self.arrived), self.old)


def merged(many: Iterable[Counts]) -> Counts:
    """Return the counts of several lanes together."""
    result = Counts()
    for one in many:
        result.arrived = [a + b for a, b in zip(result.arrived, one.arrived, strict=True)]
        result.out = [a + b for a, b in zip(result.out, one.out, strict=True)]
        result.old += one.old
    return result


def curve_of(counts: Counts) -> Curve | None:
    """Return how long reported parcels take, None where too few were reported to say."""
    left, standing = counts.total, 1.0
    shares = [0.0] * CELLS
    for place in range(CELLS):
        if left < FEWEST:
            break
        if counts.arrived[place]:
            shares[place] = standing * counts.arrived[place] / left
            standing -= shares[place]
        left -= counts.arrived[place] + counts.out[place]
    total = sum(shares)
    return tuple(share / total for share in shares) if total > 0 else None
