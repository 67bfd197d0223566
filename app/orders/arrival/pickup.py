"""Know since when the shop shows a parcel as ready to be picked up, and as picked up. Pure.

What a buyer fetches nobody carries, so no scan tells of it: the fulfilment's own status does (the Admin API's
`displayStatus`), and Shopify gives it no date. The instant taken is the fulfilment's `updatedAt` of the
first telling: it happened no later, and where a webhook brought it, it is when somebody pressed the button. Told again
with a later change of the fulfilment it keeps that instant; taken back and told anew it gets a new one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

READY: Final = "ready_for_pickup"
PICKED_UP: Final = "picked_up"
PICKUPS: Final = frozenset({READY, PICKED_UP})
STANDS: Final = PICKUPS | {"delivered"}  # what is shown after it and does not unsay it


@dataclass(frozen=True, slots=True)
class Pickup:
    """Hold since when the shop shows it (aware UTC), None where it does not."""

    ready_for_pickup_at: datetime | None = None
    picked_up_at: datetime | None = None

    @property
    def words(self) -> tuple[tuple[str, datetime], ...]:
        """Return what the shop says in the words of scans, in the order of their instants."""
        told = ((READY, self.ready_for_pickup_at), (PICKED_UP, self.picked_up_at))
        return tuple(sorted(((word, at) for word, at in told if at is not None), key=lambda each: each[1]))

    @property
    def waits(self) -> bool:
        """Say whether it lies at the counter: when it is fetched is up to the buyer."""
        return self.ready_for_pickup_at is not None and self.picked_up_at is None


NONE: Final = Pickup()


def at_counter(status: str | None, *, tracked: bool) -> str | None:
    """Return a fulfilment's status without what a carrier's scan says: that a tracked parcel lies at its counter."""
    return None if tracked and status == READY else status


def shown(before: Pickup, status: str | None, at: datetime) -> Pickup:
    """Return what is known once the newest telling of a fulfilment shows `status` (lower case) at its `updatedAt`."""
    match status:
        case "picked_up":
            return replace(before, picked_up_at=before.picked_up_at or at)
        case "ready_for_pickup":
            return Pickup(before.ready_for_pickup_at or at)
        case "delivered":
            return before
    return NONE


def shown_before(known: Pickup, newest: str | None, status: str | None, at: datetime) -> Pickup:
    """Return what is known once an older telling comes late, where `newest` is the status of the newest one.

    It can only date what still stands, or date it earlier.
    """
    if status == PICKED_UP and newest in STANDS - {READY}:
        return replace(known, picked_up_at=min(known.picked_up_at or at, at))
    if status == READY and newest in STANDS:
        return replace(known, ready_for_pickup_at=min(known.ready_for_pickup_at or at, at))
    return known
