"""Tell a fault's plan from a feast's: is an hour far beyond what that hour usually holds? Pure.

What an engine plans wrongly it plans by the thousand, and at every shop.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

TIMES: Final = 5  # as many as usual
DAYS: Final = 7  # whose same hour is what is usual; a shop that has not run so long has no usual hour
LEAST: Final = 200  # an hour of one shop; below it nobody is flooded
LEAST_OF_ALL: Final = 1_000  # an hour of all shops but the largest


@dataclass(frozen=True, slots=True)
class Beyond:
    """Say how many messages are planned for an hour that usually holds how many."""

    planned: int
    usual: float


def usual(before: Sequence[int]) -> float:
    """Return what an hour holds at most when nothing is wrong. `before` are the days before, yesterday's hour first.

    That is what the fullest of them held; or, where the last days held nothing because the shop was closed, what they
    would have held by the average of all: it comes with the first open hour.
    """
    closed = next((days for days, count in enumerate(before) if count), 0)
    return max(max(before, default=0), sum(before) * (closed + 1) / max(len(before), 1))


def beyond_of_all(now: Mapping[int, int], before: Sequence[Mapping[int, int]]) -> Beyond | None:
    """Return how far the plans of all shops together are beyond the usual; None while they are not.

    By shop, of the hour in question and of the days before. The shop with the most is left out: one merchant's feast is
    held at that shop, if at all, and never at the others.
    """
    others = set(now) - {max(now, key=lambda shop: (now[shop], shop))} if now else set()
    planned = sum(now[shop] for shop in others)
    expected = usual([sum(day.get(shop, 0) for shop in others) for day in before])
    return Beyond(planned, expected) if planned >= LEAST_OF_ALL and planned > expected * TIMES else None
