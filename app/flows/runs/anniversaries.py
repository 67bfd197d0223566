"""Find the day a year has passed, on the clock of a place. Pure."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

LEAP_DAY: Final = (2, 29)


def anniversary(first: datetime, years: int, zone: ZoneInfo) -> datetime:
    """Return when the day begins, in UTC, on which `years` have passed since the local day of `first`.

    What began on 29 February has its day on the 28th in years without one. A midnight that the clock skips is the first
    instant after it; one that comes twice is the first.
    """
    day = first.astimezone(zone).date()
    wanted = (day.month, day.day)
    year = day.year + years
    there = date(year, 2, 28) if wanted == LEAP_DAY and not _is_leap(year) else date(year, *wanted)
    return datetime.combine(there, time(), zone).astimezone(UTC)


def years_passed(first: datetime, now: datetime, zone: ZoneInfo) -> int:
    """Return how many anniversaries of `first` have begun by `now`."""
    years = now.astimezone(zone).year - first.astimezone(zone).year
    return max(0, years if years <= 0 or anniversary(first, years, zone) <= now else years - 1)


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
