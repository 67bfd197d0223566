"""Say instants as people say them, by the clock of the person concerned. Pure, English."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
THIS_WEEK: Final = 6  # days either way in which a weekday alone is understood
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


def moment_words(at: datetime, zone: ZoneInfo, now: datetime) -> str:
    """Return "10:00 in Tokyo" for today, "Tuesday 9:00 in Tokyo" for another day."""
    day = day_words(at, zone, now)
    return f"{'' if day == 'today' else day + ' '}{clock_words(at, zone)}{place_words(zone)}"
