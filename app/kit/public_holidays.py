"""Say which days are public holidays and rest days of a country, by the pinned package `holidays`.

Days are local to the country. What the package does not know (a country, a province) has no holidays, or the country's
own alone. The package is read at the first question, a country at a time: 17 MB and a tenth of a second a process.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final

WEEKEND: Final = frozenset({5, 6})


@dataclass(frozen=True, slots=True)
class RestDays:
    """Days off of one year. `weekend`: Monday is 0. `worked` are days of a weekend that are worked in exchange."""

    holidays: frozenset[date] = frozenset()
    weekend: frozenset[int] = WEEKEND
    worked: frozenset[date] = frozenset()


@lru_cache(maxsize=2048)
def rest_days(country: str | None, province: str | None, year: int) -> RestDays:
    """Return the days off of a country (ISO 3166-1 alpha-2) and, where it is known, of a province of it.

    `province` is Shopify's code or ISO 3166-2's ("BY", "DE-BY").
    """
    import holidays  # noqa: PLC0415 - a shop that asks for no holidays does not pay for them

    # For some countries it knows feasts by the moon for some decades only, and says so each time; the rest it knows.
    warnings.filterwarnings("ignore", "Requested Holidays are available only from", UserWarning)
    code = (country or "").strip().upper()
    known = holidays.list_supported_countries()
    if code not in known:
        return RestDays()
    part = (province or "").strip().upper().removeprefix(f"{code}-")
    found = holidays.country_holidays(code, subdiv=part if part in known[code] else None, years=year)
    return RestDays(
        frozenset(day for day in found if day.year == year),
        frozenset(found.weekend),
        frozenset(day for day in found.weekend_workdays if day.year == year),
    )


def between(country: str | None, province: str | None, first: date, last: date) -> RestDays:
    """Return the days off from `first` to `last`, both included."""
    years = [rest_days(country, province, year) for year in range(first.year, last.year + 1)]
    return RestDays(
        frozenset(day for each in years for day in each.holidays if first <= day <= last),
        years[0].weekend if years else WEEKEND,
        frozenset(day for each in years for day in each.worked if first <= day <= last),
    )
