"""Say instants as people say them, by a named clock. Pure, English.

What happened is told by the clock of whoever reads (`yours`); an hour that the recipient's clock decides is told by
that one, with the place, and then as it is for the reader.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
THIS_WEEK: Final = 3  # days either way: seven in all, so that a weekday alone means one of them
FOR_YOU: Final = " for you"
NAMED: Final = {-1: "yesterday", 0: "today", 1: "tomorrow"}


def date_words(at: datetime, zone: ZoneInfo, now: datetime) -> str:
    """Return "Thursday 27 November", with the year where it is another one."""
    local = at.astimezone(zone)
    year = f" {local.year}" if local.year != now.astimezone(zone).year else ""
    return f"{WEEKDAYS[local.weekday()]} {local.day} {MONTHS[local.month - 1]}{year}"


def day_words(at: datetime, zone: ZoneInfo, now: datetime) -> str:
    """Return "today", "Tuesday" or "Thursday 27 November", whichever is enough to be understood."""
    days = (at.astimezone(zone).date() - now.astimezone(zone).date()).days
    if abs(days) > THIS_WEEK:
        return date_words(at, zone, now)
    return NAMED.get(days) or WEEKDAYS[at.astimezone(zone).weekday()]


def on_day(at: datetime, zone: ZoneInfo, now: datetime) -> str:
    """Return "today" or "on Tuesday"."""
    words = day_words(at, zone, now)
    return words if words in NAMED.values() else f"on {words}"


def clock_words(at: datetime, zone: ZoneInfo) -> str:
    """Return "16:05", in the zone."""
    local = at.astimezone(zone)
    return f"{local.hour}:{local.minute:02}"


def place_words(zone: ZoneInfo) -> str:
    """Return " in Tokyo" for a zone named after a city, and nothing for one that is not."""
    area, _, city = zone.key.rpartition("/")
    return f" in {city.replace('_', ' ')}" if area and area != "Etc" else ""


def clock_name(zone: ZoneInfo) -> str:
    """Return "London" for the clock of London, and the zone's own name where no place is named."""
    return place_words(zone).removeprefix(" in ") or zone.key.rpartition("/")[2]


def clocks_differ(at: datetime, zone: ZoneInfo, yours: ZoneInfo) -> bool:
    """Tell whether two clocks show different hours at an instant."""
    return at.astimezone(zone).utcoffset() != at.astimezone(yours).utcoffset()


def your_words(at: datetime, zone: ZoneInfo, yours: ZoneInfo, now: datetime | None = None) -> str:
    """Return ", 1:00 for you" behind an hour by the clock of `zone`; nothing where your clock shows the same.

    With `now` the day is named too where it is another one for you: ", Monday 23:00 for you".
    """
    if not clocks_differ(at, zone, yours):
        return ""
    other_day = now is not None and at.astimezone(zone).date() != at.astimezone(yours).date()
    day = f"{day_words(at, yours, now)} " if now is not None and other_day else ""
    unnamed = "" if place_words(zone) else " their time"
    return f"{unnamed}, {day}{clock_words(at, yours)}{FOR_YOU}"


def moment_words(at: datetime, zone: ZoneInfo, now: datetime, yours: ZoneInfo | None = None) -> str:
    """Return "10:00 in Tokyo" for today, "Tuesday 9:00 in Tokyo" for another day; and when that is for you."""
    day = day_words(at, zone, now)
    there = f"{'' if day == 'today' else day + ' '}{clock_words(at, zone)}{place_words(zone)}"
    return f"{there}{your_words(at, zone, yours or zone, now)}"


def next_words(at: datetime, zone: ZoneInfo, now: datetime) -> str:
    """Return when the next message goes out: "in a moment", "at 16:05", "tomorrow at 9:02", "on Tuesday at 9:02"."""
    if at <= now:
        return "in a moment"
    day = day_words(at, zone, now)
    return f"at {clock_words(at, zone)}" if day == "today" else f"{on_day(at, zone, now)} at {clock_words(at, zone)}"
