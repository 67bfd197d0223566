"""Count time as carriers do: whole days of rest do not count, at the clock of the country a parcel goes to. Pure.

A working day counts one, evenly over its 24 hours; weekends and public holidays count nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import accumulate
from zoneinfo import ZoneInfo

from app.kit.public_holidays import rest_days

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """The working days of a country (ISO 3166-1 alpha-2, None where unknown), by the clock of `zone`."""

    country: str | None
    zone: ZoneInfo

    def elapsed(self, start: datetime, end: datetime) -> float:
        """Return how many working days lie between two instants; negative where `end` is the earlier."""
        return self._count(end) - self._count(start)

    def after(self, start: datetime, days: float) -> datetime:
        """Return the last instant (UTC) at which no more than `days` working days have passed since `start`.

        The last, because a carrier who does ring on a day of rest has then rung.
        """
        wanted = self._count(start) + days
        day = start.astimezone(self.zone).date() + timedelta(days=int(days))
        while self._until(day + DAY) <= wanted:
            day += timedelta(days=max(1, int(wanted - self._until(day + DAY))))
        part = wanted - self._until(day)
        midnight = datetime.combine(day, time(), self.zone)
        return midnight.astimezone(UTC) + part * DAY

    def _count(self, at: datetime) -> float:
        local = at.astimezone(self.zone)
        day = local.date()
        whole = self._until(day)
        if self._until(day + DAY) == whole:
            return whole
        return whole + (local.hour * 3600 + local.minute * 60 + local.second) / 86400

    def _until(self, day: date) -> int:
        """Return how many working days of a fixed count lie before a local day."""
        before, upto = _year(self.country, day.year)
        return before + upto[day.timetuple().tm_yday - 1]


@lru_cache(maxsize=4096)
def _year(country: str | None, year: int) -> tuple[int, tuple[int, ...]]:
    """Return how many working days lie before a year since 2000, and before each day of it."""
    rest = rest_days(country, None, year)
    first = date(year, 1, 1)
    days = [first + timedelta(days=place) for place in range((date(year + 1, 1, 1) - first).days)]
    works = [day not in rest.holidays and (day.weekday() not in rest.weekend or day in rest.worked) for day in days]
    upto = tuple(accumulate(works, initial=0))
    if year <= 2000:
        return 0, upto
    before, last = _year(country, year - 1)
    return before + last[-1], upto
