"""Say what somebody decided by hand about one message. Pure, English. Keys are the kinds deeds are kept in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from app.flows.words.day_words import clock_words, date_words
from app.flows.words.people.who_words import who_words

DEEDS: Final[Mapping[str, str]] = {
    "skipped": "left it out",
    "dropped": "resumed sending, and left out what was over a day late by then, this among it",
    "left": "looked at it and left it as it is, not knowing whether it left",
    "sent_again": "had it sent again, knowing that it may arrive twice",
    "planned_again": "had it planned again",
}


def deed_words(kind: str, by: str, at: datetime, zone: ZoneInfo, now: datetime) -> str:
    """Return "Friday 20 November at 12:00: a staff member left it out.", by the reader's clock."""
    return f"{date_words(at, zone, now)} at {clock_words(at, zone)}: {who_words(by)} {DEEDS[kind]}."
