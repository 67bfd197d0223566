"""Say where one thing of an order is: placed, sent, on its way, arrived, in use, due again. Pure.

A stage is derived from what happened, never stored: hearing the same things in another order gives the same stage, and
what is taken back goes back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

UNPACKED_AFTER: Final = timedelta(hours=48)  # the pause everybody gets between arrival and a word about the product


class Stage(StrEnum):
    """Name the stages in the order a thing goes through them."""

    PLACED = "placed"
    SENT = "sent"
    ON_ITS_WAY = "on_its_way"
    ARRIVED = "arrived"
    IN_USE = "in_use"
    DUE_AGAIN = "due_again"


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """What is known of one line, of the parcel furthest along that holds it. Instants aware UTC.

    `scanned_at` is the first sign of a carrier, `inferred_at` when it should have arrived where nobody reported it,
    `due_again_at` when it will be needed again, where that is known.
    """

    shipped_at: datetime | None = None
    scanned_at: datetime | None = None
    delivered_at: datetime | None = None
    inferred_at: datetime | None = None
    due_again_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class At:
    """A stage, since when, and whether anybody reported what it rests on."""

    stage: Stage
    since: datetime | None = None
    reported: bool = True


def stage(known: Whereabouts, now: datetime) -> At:
    """Return the stage of a line at `now`."""
    arrived = known.delivered_at if known.delivered_at is not None else known.inferred_at
    reported = known.delivered_at is not None
    if arrived is not None and arrived <= now:
        if known.due_again_at is not None and known.due_again_at <= now:
            return At(Stage.DUE_AGAIN, known.due_again_at, reported)
        if arrived + UNPACKED_AFTER <= now:
            return At(Stage.IN_USE, arrived + UNPACKED_AFTER, reported)
        return At(Stage.ARRIVED, arrived, reported)
    if known.scanned_at is not None and known.scanned_at <= now:
        return At(Stage.ON_ITS_WAY, known.scanned_at)
    if known.shipped_at is not None and known.shipped_at <= now:
        return At(Stage.SENT, known.shipped_at)
    return At(Stage.PLACED)
