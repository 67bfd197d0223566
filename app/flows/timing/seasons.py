"""Say which of a shop's seasons a day is in. Pure.

A season comes back every year: its first and last day are (month, day), both included, and it may run over New Year.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

MonthDay = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Season:
    """Hold one season."""

    name: str
    first: MonthDay
    last: MonthDay

    def covers(self, day: date) -> bool:
        """Say whether a day is in it."""
        this = (day.month, day.day)
        if self.first <= self.last:
            return self.first <= this <= self.last
        return this >= self.first or this <= self.last


def names_on(seasons: Iterable[Season], day: date) -> tuple[str, ...]:
    """Return the names of the seasons a day is in, in the order they were given."""
    return tuple(season.name for season in seasons if season.covers(day))


def written(seasons: Iterable[Season]) -> str:
    """Return seasons as they are kept, one a line: "11-15/01-06 Winter"."""
    return "\n".join(f"{_end(each.first)}/{_end(each.last)} {each.name}" for each in seasons)


@lru_cache(maxsize=1024)
def read_seasons(kept: str) -> tuple[Season, ...]:
    """Return seasons from what is kept."""
    found = []
    for line in kept.split("\n"):
        days, _, name = line.partition(" ")
        if name:
            first, last = days.split("/")
            found.append(Season(name, _month_day(first), _month_day(last)))
    return tuple(found)


def _end(of: MonthDay) -> str:
    return f"{of[0]:02}-{of[1]:02}"


def _month_day(text: str) -> MonthDay:
    month, day = text.split("-")
    return int(month), int(day)
