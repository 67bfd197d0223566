"""Say which part of the world a country lies in and whose clock it keeps, by the tzdata package's own table. Pure."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

UNKNOWN = "Etc/UTC"


def area(country: str) -> str:
    """Return "Europe", "America", "Asia" …, or "" for a country nobody knows."""
    return _zones().get(country, "").partition("/")[0]


def clock_of(country: str | None) -> ZoneInfo:
    """Return a clock of the country: its only one or the first listed, UTC where the country is unknown.

    Good for telling working days apart, where half a country's width does not matter.
    """
    return ZoneInfo(_zones().get(country or "", UNKNOWN))


@cache
def _zones() -> dict[str, str]:
    found: dict[str, str] = {}
    for row in files("tzdata.zoneinfo").joinpath("zone.tab").read_text(encoding="utf-8").splitlines():
        if row and not row.startswith("#"):
            country, _, zone, *_ = row.split("\t")
            found.setdefault(country, zone)
    return found
