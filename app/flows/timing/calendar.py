"""The days and hours a shop keeps quiet, as plain data for one recipient. Pure.

Hours are minutes of the recipient's day. Nothing here applies to news of the sale itself: somebody waits for that.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from app.flows.language.steps import Step

DEFAULT_GAP: Final = timedelta(hours=48)
WEEKEND: Final = frozenset({5, 6})


class Closed(StrEnum):
    """Say what keeps a message from leaving at an instant."""

    WINDOW = "window"  # the step's own hours and weekdays
    QUIET = "quiet"
    BLACKOUT = "blackout"
    HOLIDAY = "holiday"


@dataclass(frozen=True, slots=True)
class Quiet:
    """Hours in which nothing leaves, in minutes of the day: [opens, closes), over midnight where it closes earlier."""

    opens: int
    closes: int

    def covers(self, minute: int) -> bool:
        """Say whether a minute of the day lies in it."""
        if self.opens < self.closes:
            return self.opens <= minute < self.closes
        return minute >= self.opens or minute < self.closes


@dataclass(frozen=True, slots=True)
class Blackout:
    """Days on which nothing leaves, both included. A yearly one ignores the years and may run over New Year."""

    first: date
    last: date
    yearly: bool = False

    def covers(self, day: date) -> bool:
        """Say whether a day is one of them."""
        if not self.yearly:
            return self.first <= day <= self.last
        first, last = (self.first.month, self.first.day), (self.last.month, self.last.day)
        this = (day.month, day.day)
        return first <= this <= last if first <= last else this >= first or this <= last


@dataclass(frozen=True, slots=True)
class Calendar:
    """What one recipient's messages keep to. Without anything said, every hour of every day is open.

    `holidays` are public holidays where the recipient lives, `weekend` (Monday is 0) and `worked` (days of a weekend
    worked in exchange) make business days of the others. `holidays_closed` tells whether holidays are kept quiet.
    """

    quiet: Quiet | None = None
    blackouts: tuple[Blackout, ...] = ()
    holidays_closed: bool = False
    holidays: frozenset[date] = frozenset()
    weekend: frozenset[int] = WEEKEND
    worked: frozenset[date] = frozenset()
    help_gap: timedelta = DEFAULT_GAP  # between arrival and help with the product, or an offer
    ask_gap: timedelta = DEFAULT_GAP  # between arrival and a review request

    @property
    def closes_days(self) -> bool:
        """Say whether there are whole days on which nothing may leave."""
        return bool(self.blackouts) or self.holidays_closed

    def is_open_day(self, day: date) -> bool:
        """Say whether anything may leave on a local day."""
        return self.closed_day(day) is None

    def closed_day(self, day: date) -> Closed | None:
        """Return what closes a whole local day."""
        if self.blackouts and any(each.covers(day) for each in self.blackouts):
            return Closed.BLACKOUT
        return Closed.HOLIDAY if self.holidays_closed and day in self.holidays else None

    def is_business_day(self, day: date) -> bool:
        """Say whether people work on a local day."""
        if day in self.holidays:
            return False
        return day.weekday() not in self.weekend or day in self.worked


ALWAYS_OPEN: Final = Calendar()


def hours_of(step: Step, calendar: Calendar) -> Calendar:
    """Return the calendar a step keeps to: news of the sale keeps to none."""
    return ALWAYS_OPEN if step.is_news else calendar
