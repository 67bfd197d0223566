"""Hold a distribution of working days as shares on a fixed grid of lengths, each a fifth of a half octave. Pure.

Twelve steps to the doubling, from a quarter of a day to 128: fine enough for a day in a fortnight, coarse enough to be
kept in a row. Everything the model does to a distribution (shift, blur, mix, read a quantile) is a sum over the grid.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Final, TypeAlias

STEPS: Final = 12
LEAST: Final = 0.25
CELLS: Final = STEPS * 9
REACH: Final = 3.5  # standard deviations a blur reaches

Curve: TypeAlias = tuple[float, ...]


def cell(days: float) -> int:
    """Return the cell a number of working days falls into; the outermost ones take what lies beyond them."""
    if days <= LEAST:
        return 0
    return min(CELLS - 1, int(STEPS * math.log2(days / LEAST)))


def edge(place: float) -> float:
    """Return the working days at a (fractional) place on the grid."""
    return float(LEAST * 2.0 ** (place / STEPS))


def centre(place: int) -> float:
    """Return the natural logarithm of the middle of a cell."""
    return math.log(LEAST) + (place + 0.5) / STEPS * math.log(2)


def mean(curve: Sequence[float]) -> float:
    """Return the mean logarithm of days."""
    return sum(share * centre(place) for place, share in enumerate(curve)) / sum(curve)


def variance(curve: Sequence[float]) -> float:
    """Return the variance of the logarithm of days."""
    middle = mean(curve)
    return sum(share * (centre(place) - middle) ** 2 for place, share in enumerate(curve)) / sum(curve)


@lru_cache(maxsize=512)  # a lane's kind is asked for again and again, and mostly nothing has moved since
def shifted(curve: Curve, by: float, spread: float = 0.0) -> Curve:
    """Return the curve moved by `by` (in log days) and blurred by a normal of standard deviation `spread`."""
    unit = math.log(2) / STEPS
    kernel = _kernel(by / unit, spread / unit)
    first, parts = kernel[0][0], [part for _, part in kernel]
    moved = [0.0] * (len(curve) + len(parts))
    for place, share in enumerate(curve):
        if share:
            for at, part in enumerate(parts, place):
                moved[at] += share * part
    # What was moved beyond the ends stays in the outermost cells.
    result = [0.0] * CELLS
    for at, share in enumerate(moved, first):
        if share:
            result[min(max(at, 0), CELLS - 1)] += share
    return tuple(result)


def mixed(one: Sequence[float], other: Sequence[float], share_of_one: float) -> Curve:
    """Return the mixture of two curves."""
    return tuple(share_of_one * a + (1 - share_of_one) * b for a, b in zip(one, other, strict=True))


def beyond(curve: Sequence[float], days: float) -> float:
    """Return the share that takes longer than so many working days."""
    if days <= LEAST:
        return 1.0
    place = min(STEPS * math.log2(days / LEAST), CELLS - 1e-9)
    whole = int(place)
    return sum(curve[whole + 1 :]) + curve[whole] * (1 - (place - whole))


def days_beyond(curve: Sequence[float], share: float) -> float:
    """Return the working days that only `share` of the curve exceeds."""
    left = 1.0
    for place, part in enumerate(curve):
        if left - part <= share:
            return edge(place + (0.0 if part == 0 else (left - share) / part))
        left -= part
    return edge(CELLS)


def _kernel(by: float, spread: float) -> list[tuple[int, float]]:
    """Return the cells a unit of share goes to. A move by part of a cell is split between two."""
    if spread < 0.05:
        whole = math.floor(by)
        return [(whole, 1 - (by - whole)), (whole + 1, by - whole)]
    first, last = math.floor(by - REACH * spread), math.ceil(by + REACH * spread)
    weights = [(place, math.exp(-(((place - by) / spread) ** 2) / 2)) for place in range(first, last + 1)]
    total = sum(weight for _, weight in weights)
    return [(place, weight / total) for place, weight in weights]
