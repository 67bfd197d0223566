"""Say which parcels of an order arrived together, so that one message asks about all of them. Pure.

Parcels within 48 hours of the first of them are a group; the next one after begins another. A function of the set of
arrivals, never of the order in which they were heard of.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

TOGETHER: Final = timedelta(hours=48)


def arrived_with(parcel: int, arrivals: Mapping[int, datetime]) -> tuple[int, ...]:
    """Return the parcels of the group of `parcel`, in the order they arrived; it alone where it has not arrived.

    `arrivals` holds when each parcel arrived, by its id.
    """
    if parcel not in arrivals:
        return (parcel,)
    group: list[int] = []
    for each in sorted(arrivals, key=lambda one: (arrivals[one], one)):
        if group and arrivals[each] > arrivals[group[0]] + TOGETHER:
            if parcel in group:
                break
            group = []
        group.append(each)
    return tuple(group)


def together_at(parcel: int, arrivals: Mapping[int, datetime]) -> datetime | None:
    """Return when the last parcel of the group arrived; None while this one has not."""
    return max(arrivals[each] for each in arrived_with(parcel, arrivals)) if parcel in arrivals else None
