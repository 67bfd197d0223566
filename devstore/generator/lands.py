"""Where generated parcels come from and go to: clocks, regions, customs, and the days a carrier rings there."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

import holidays


class Country(NamedTuple):
    """A country as a parcel sees it. `remoteness` multiplies the days within it; 1.0 is easy."""

    zone: str
    region: str
    customs: str  # the customs area it belongs to
    remoteness: float


COUNTRIES = {
    "GB": Country("Europe/London", "europe", "GB", 0.9),
    "IE": Country("Europe/Dublin", "europe", "EU", 1.0),
    "DE": Country("Europe/Berlin", "europe", "EU", 0.8),
    "FR": Country("Europe/Paris", "europe", "EU", 0.9),
    "NL": Country("Europe/Amsterdam", "europe", "EU", 0.7),
    "ES": Country("Europe/Madrid", "europe", "EU", 1.2),
    "IT": Country("Europe/Rome", "europe", "EU", 1.3),
    "PL": Country("Europe/Warsaw", "europe", "EU", 1.0),
    "SE": Country("Europe/Stockholm", "europe", "EU", 1.2),
    "CH": Country("Europe/Zurich", "europe", "CH", 0.9),
    "NO": Country("Europe/Oslo", "europe", "NO", 1.4),
    "US": Country("America/Chicago", "america", "US", 1.3),
    "CA": Country("America/Toronto", "america", "CA", 1.5),
    "MX": Country("America/Mexico_City", "america", "MX", 1.6),
    "BR": Country("America/Sao_Paulo", "america", "BR", 1.9),
    "JP": Country("Asia/Tokyo", "asia", "JP", 0.8),
    "KR": Country("Asia/Seoul", "asia", "KR", 0.8),
    "SG": Country("Asia/Singapore", "asia", "SG", 0.7),
    "AE": Country("Asia/Dubai", "asia", "AE", 1.2),
    "AU": Country("Australia/Sydney", "oceania", "AU", 1.6),
    "NZ": Country("Pacific/Auckland", "oceania", "NZ", 1.4),
}


def zone(country: str) -> ZoneInfo:
    """Return the clock a parcel is rung by in `country`."""
    return ZoneInfo(COUNTRIES[country].zone)


def is_working(day: date, country: str, *, saturdays: bool = False) -> bool:
    """Tell whether a carrier works on that day: Monday to Friday, some on Saturday, never on a public holiday."""
    return day.weekday() < (6 if saturdays else 5) and day not in _holidays(country)


def next_working(day: date, country: str, *, saturdays: bool = False) -> date:
    """Return that day or the first working one after it."""
    while not is_working(day, country, saturdays=saturdays):
        day += timedelta(days=1)
    return day


def days_on(day: date, count: int, country: str, *, saturdays: bool = False) -> date:
    """Return the working day that lies `count` working days after `day`."""
    for _ in range(count):
        day = next_working(day + timedelta(days=1), country, saturdays=saturdays)
    return next_working(day, country, saturdays=saturdays)


@cache
def _holidays(country: str) -> holidays.HolidayBase:
    return holidays.country_holidays(country)
