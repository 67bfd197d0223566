"""Read the shop's calendar: quiet hours, closed days, public holidays, the pause after arrival, and its seasons.

What a decision and a plan get of the calendar is plain data for one recipient.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import ClassVar, Final
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app.flows.language.steps import Step
from app.flows.language.window import HOUR
from app.flows.timing.calendar import Blackout, Calendar, Quiet
from app.flows.timing.recipient_zone import RecipientZone, recipient_zone
from app.flows.timing.seasons import Season, names_on, read_seasons
from app.kit import public_holidays
from app.orders.models import Order
from app.shops.settings import Section, load

YEARLY: Final = "--"  # what stands for the year of days that come back: "--12-24/--12-26"
ANY_LEAP_YEAR: Final = "2000-"
ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class CalendarSetting(Section):
    """Say when a shop's messages keep quiet; order news goes all the same.

    `quiet_from` and `quiet_to` are "21:00", both empty where there are no quiet hours. `closed_days` are ranges, both
    ends included: "2026-12-24/2027-01-02 --12-24/--12-26", the second of every year.
    """

    SECTION: ClassVar[str] = "calendar"

    quiet_from: str = ""
    quiet_to: str = ""
    closed_days: str = ""
    holidays_closed: bool = False
    help_gap_hours: int = 48
    ask_gap_hours: int = 48


@dataclass(frozen=True, slots=True)
class SeasonSetting(Section):
    """Name the times of the shop's year, one a line as app.flows.timing.seasons keeps them."""

    SECTION: ClassVar[str] = "seasons"

    named: str = ""

    @property
    def seasons(self) -> tuple[Season, ...]:
        """Return them in the shop's order."""
        return read_seasons(self.named)

    def at(self, now: datetime, zone: ZoneInfo) -> tuple[str, ...]:
        """Return the names of those it is at an instant, on the shop's clock."""
        return names_on(self.seasons, now.astimezone(zone).date())


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """What planning and deciding need to know of a shop to place a recipient in time."""

    setting: CalendarSetting
    shop_zone: str

    def zone(self, order: Order) -> RecipientZone:
        """Return whose clock an order's messages go by."""
        return recipient_zone(order.country, order.province, self.shop_zone, order.zip)

    def to_plan(self, order: Order, step: Step, now: datetime) -> Calendar:
        """Return the calendar to plan a step by: with the holidays from the order's year to the end of the next."""
        first = min(order.placed_at, now).date().replace(month=1, day=1)
        return self._calendar(order, step, first, date(now.year + 1, 12, 31))

    def to_decide(self, order: Order, step: Step, first: datetime, last: datetime) -> Calendar:
        """Return the calendar to decide by: with the holidays between two instants, and those right beside them."""
        return self._calendar(order, step, first.date() - ONE_DAY, last.date() + ONE_DAY)

    def _calendar(self, order: Order, step: Step, first: date, last: date) -> Calendar:
        if step.business_days or (self.setting.holidays_closed and not step.is_news):
            return _with_holidays(self.setting, order.country, order.province, first, last)
        return plain(self.setting)


def whereabouts(session: Session, shop_zone: str) -> Whereabouts:
    """Return the shop's calendar as it stands. `shop_zone` is its IANA zone, "" where it is not known."""
    return Whereabouts(load(session, CalendarSetting), shop_zone)


@lru_cache(maxsize=1024)
def plain(setting: CalendarSetting) -> Calendar:
    """Return the calendar without any country's holidays."""
    return Calendar(
        quiet=Quiet(minute_of(setting.quiet_from), minute_of(setting.quiet_to)) if setting.quiet_from else None,
        blackouts=tuple(blackout(text) for text in setting.closed_days.split()),
        holidays_closed=setting.holidays_closed,
        help_gap=timedelta(hours=setting.help_gap_hours),
        ask_gap=timedelta(hours=setting.ask_gap_hours),
    )


def blackout(text: str) -> Blackout:
    """Return one range of closed days as it is kept: "2026-12-24/2026-12-26" or "--12-24/--12-26"."""
    first, last = (date.fromisoformat(each.replace(YEARLY, ANY_LEAP_YEAR)) for each in text.split("/"))
    return Blackout(first, last, yearly=text.startswith(YEARLY))


def minute_of(clock: str) -> int:
    """Return the minute of the day of "21:00"."""
    hour, minute = clock.split(":")
    return int(hour) * HOUR + int(minute)


@lru_cache(maxsize=4096)
def _with_holidays(
    setting: CalendarSetting, country: str | None, province: str | None, first: date, last: date
) -> Calendar:
    known, rest = plain(setting), public_holidays.between(country, province, first, last)
    return Calendar(
        quiet=known.quiet,
        blackouts=known.blackouts,
        holidays_closed=known.holidays_closed,
        holidays=rest.holidays,
        weekend=rest.weekend,
        worked=rest.worked,
        help_gap=known.help_gap,
        ask_gap=known.ask_gap,
    )
