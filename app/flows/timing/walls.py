"""Turn wall-clock times into instants, on days the clock changes too. Pure; instants are UTC."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from app.flows.language.window import DAY, HOUR

SECOND: Final = timedelta(seconds=1)
MARGIN: Final = timedelta(hours=3)  # the largest clock change in use moves two hours


def wall_instant(day: date, minute: int, zone: ZoneInfo) -> datetime | None:
    """Return when a local clock shows a minute of a day.

    One that comes twice counts the first time; one that is left out is the first minute after. None where the whole
    day is left out, as a move across the date line does.
    """
    wall = _wall(day, minute, zone, fold=0)
    at = wall.astimezone(UTC)
    if at.astimezone(zone).replace(tzinfo=None) == wall.replace(tzinfo=None):
        return at
    after = clock_change(_wall(day, minute, zone, fold=1).astimezone(UTC), at, zone)
    return after if after is not None and after.astimezone(zone).date() == day else None


def both_instants(day: date, minute: int, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return the instants of a wall-clock minute as it comes first and, on a day that repeats it, as it comes again."""
    return _wall(day, minute, zone, fold=0).astimezone(UTC), _wall(day, minute, zone, fold=1).astimezone(UTC)


@lru_cache(maxsize=8192)
def change_on(day: date, zone: ZoneInfo) -> datetime | None:
    """Return when the clock changes on or right beside a local day; None on nearly all of them."""
    starts = _wall(day, 0, zone, fold=0).astimezone(UTC) - MARGIN
    return clock_change(starts, starts + timedelta(days=1) + 2 * MARGIN, zone)


def clock_change(before: datetime, after: datetime, zone: ZoneInfo) -> datetime | None:
    """Return the first instant in (before, after] at which the clock runs as it does at `after`, to the second."""
    if _offset(before, zone) == _offset(after, zone):
        return None
    low, high = int(before.timestamp()), int(after.timestamp())
    changed = _offset(after, zone)
    while high - low > 1:
        middle = (low + high) // 2
        same = _offset(datetime.fromtimestamp(middle, UTC), zone) == changed
        low, high = (low, middle) if same else (middle, high)
    return datetime.fromtimestamp(high, UTC)


def _wall(day: date, minute: int, zone: ZoneInfo, *, fold: int) -> datetime:
    day, minute = (day + timedelta(days=1), 0) if minute == DAY else (day, minute)
    return datetime.combine(day, time(minute // HOUR, minute % HOUR, fold=fold), zone)


def _offset(at: datetime, zone: ZoneInfo) -> timedelta | None:
    return at.astimezone(zone).utcoffset()
