"""Decide whether the stars that stand at a product are ours to replace. Pure.

`reviews.rating` and `reviews.rating_count` belong to nobody, so another review app may have written them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from app.reviews.storefront.ratings import Summary
from app.reviews.storefront.summary_fields import rating_value

RATING, COUNT = "rating", "rating_count"
TYPES = {RATING: "rating", COUNT: "number_integer"}


@dataclass(frozen=True, slots=True)
class There:
    """Hold one metafield as it stands; both None where there is none."""

    value: str | None = None
    digest: str | None = None


def wanted_values(summary: Summary, there: Mapping[str, There]) -> dict[str, str]:
    """Return the values to write, by key; nothing where nobody has rated and nothing stands there."""
    if summary.average is None:
        # An average cannot be taken back to "none", and readers look at the count first.
        return {COUNT: "0"} if there[COUNT].value is not None else {}
    return {RATING: rating_value(summary.average), COUNT: str(summary.published)}


def is_foreign(there: Mapping[str, There], tried: Sequence[Mapping[str, str]]) -> bool:
    """Tell whether any value that stands there was never one of ours; `tried` are those we wrote or set out to."""
    for key, field in there.items():
        ours = {_sense(key, one[key]) for one in tried if key in one}
        if field.value is not None and _sense(key, field.value) not in ours:
            return True
    return False


def _sense(key: str, value: str) -> str:
    """Return what makes two values equal: the same rating may come back with other blanks and zeros."""
    if key == COUNT:
        return value.strip()
    try:
        parts = json.loads(value)
        numbers = [Decimal(str(parts[name])) for name in ("value", "scale_min", "scale_max")]
    except (ValueError, TypeError, KeyError, InvalidOperation):
        return value
    return " ".join(format(number.normalize(), "f") if number.is_finite() else value for number in numbers)
