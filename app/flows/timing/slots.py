"""Decide when a follow-up is due: the first allowed instant at or after its time. Pure; UTC in, UTC out.

A delay is elapsed time. The window is wall-clock time in the recipient's zone: an opening that falls into a spring gap
moves to the first valid minute after it, one that comes twice in autumn counts the first time.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from hashlib import blake2b
from typing import Final
from zoneinfo import ZoneInfo

from app.flows.language.window import SendWindow

MAX_JITTER: Final = timedelta(minutes=5)  # spreads what would all leave at the minute a window opens
LONGEST_SEARCH: Final = 16  # days: one open weekday, and a zone that skips a date (Samoa did) right on it
MINUTE: Final = timedelta(minutes=1)
TRANSITION_MARGIN: Final = timedelta(hours=3)  # the largest clock change in use moves two hours


def due_at(
    anchor_at: datetime,
    delay: timedelta,
    window: SendWindow | None,
    zone: ZoneInfo,
    *,
    seed: str,
    now: datetime,
) -> datetime:
    """Return when to send, in UTC: in the window, never before anchor + delay.

    `window` None means any time, without jitter. `seed` names the row: the same row always gets the same jitter. A time
    that has passed by `now` goes to the next allowed slot, which is now while the window is open.
    """
    wanted = (anchor_at + delay).astimezone(UTC)
    due = _spread(next_allowed(wanted, window, zone), window, zone, seed)
    if due >= now:
        return due
    slot = next_allowed(now.astimezone(UTC), window, zone)
    return slot if slot <= now else _spread(slot, window, zone, seed)


def next_allowed(at: datetime, window: SendWindow | None, zone: ZoneInfo) -> datetime:
    """Return the first instant at or after `at` that lies in the window, in UTC."""
    if window is None or window.is_open(at, zone):
        return at
    day = at.astimezone(zone).date() - timedelta(days=1)  # a clock change around midnight may belong to the day before
    for _ in range(LONGEST_SEARCH):
        opening = _opening(day, at, window, zone)
        if opening is not None:
            return opening
        day += timedelta(days=1)
    raise ValueError(f"No slot within {LONGEST_SEARCH} days: {window}")


def jitter(seed: str) -> timedelta:
    """Return this row's own delay, 0 to 5 minutes in whole seconds."""
    spread = int.from_bytes(blake2b(seed.encode(), digest_size=8).digest())
    return timedelta(seconds=spread % (int(MAX_JITTER.total_seconds()) + 1))


def _opening(day: date, at: datetime, window: SendWindow, zone: ZoneInfo) -> datetime | None:
    """Return the first instant ≥ `at` at which the window opens on a local day, or None."""
    starts = datetime.combine(day, time(), zone)
    ends = datetime.combine(day + timedelta(days=1), time(), zone)
    if starts.utcoffset() != ends.utcoffset():
        return _first_open_minute(max(at, starts - TRANSITION_MARGIN), ends + TRANSITION_MARGIN, window, zone)
    opens = datetime.combine(day, time(window.from_hour), zone).astimezone(UTC)
    return opens if opens >= at and window.is_open(opens, zone) else None


def _first_open_minute(at: datetime, until: datetime, window: SendWindow, zone: ZoneInfo) -> datetime | None:
    """Walk a day on which the clock changes minute by minute: twice a year, and right for every kind of change."""
    minute = at.astimezone(UTC).replace(second=0, microsecond=0)
    minute += MINUTE if minute < at else timedelta()
    while minute < until:
        if window.is_open(minute, zone):
            return minute
        minute += MINUTE
    return None


def _spread(slot: datetime, window: SendWindow | None, zone: ZoneInfo, seed: str) -> datetime:
    """Add the row's jitter, stopping a second before closing, so that a later anchor never comes due earlier."""
    if window is None:
        return slot
    due = slot + jitter(seed)
    edge = slot.replace(second=0, microsecond=0) + MINUTE
    while edge <= due:
        if not window.is_open(edge, zone):
            return max(slot, edge - timedelta(seconds=1))
        edge += MINUTE
    return due
