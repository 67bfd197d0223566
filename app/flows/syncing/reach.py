"""Decide how far back a pass looks: from the last one on, or a week where that may not be enough. Pure.

A pass reads everything changed since the one before began, so a gap leaves no hole by itself. A week is for what a
search index showed late: every night, after a gap in our own passes, and after webhooks stopped coming.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

WEEK: Final = timedelta(days=7)
GAP: Final = timedelta(hours=1)  # four passes did not come about
GRACE: Final = timedelta(minutes=10)  # a webhook may take that long without being lost
NIGHT: Final = time(1)
NIGHT_LASTS: Final = timedelta(hours=4)
FEWEST: Final = 5  # changes nobody told us of, below which a pass says nothing about webhooks


@dataclass(frozen=True, slots=True)
class Reach:
    """From when on a pass reads, and whether that is the week's pass (so that the next night is tomorrow's)."""

    since: datetime
    is_week: bool


def reach(known_until: datetime, finished_at: datetime | None, week_at: datetime | None, now: datetime) -> Reach:
    """Return how far back the pass that begins now looks. The first one ever is as far as it is."""
    if finished_at is None:
        return Reach(known_until, is_week=False)
    if now - finished_at > GAP or week_at is None or now >= week_at:
        return Reach(min(known_until, now - WEEK), is_week=True)
    return Reach(known_until, is_week=False)


def next_night(now: datetime, zone: ZoneInfo, shop_id: int) -> datetime:
    """Return when a shop's next nightly pass is due: tomorrow between one and five there, spread over the shops."""
    day = now.astimezone(zone).date() + timedelta(days=1)
    spread = NIGHT_LASTS * ((shop_id * 7919 % 10_000) / 10_000)
    return datetime.combine(day, NIGHT, zone).astimezone(now.tzinfo) + spread


def went_silent(changed: int, unheard: int) -> bool:
    """Tell by one pass whether webhooks have stopped coming: most of what changed, nobody had told."""
    return unheard >= FEWEST and unheard * 2 > changed
