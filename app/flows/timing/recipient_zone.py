"""Find the clock a recipient lives by: postal code where a province has several, province, country, the shop's. Pure.

Countries with one zone come from the tzdata package's own table; the others from `province_zones` and `split_zips`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from app.flows.timing.province_zones import PROVINCE_ZONES, REST
from app.flows.timing.split_zips import SPLIT_ZIPS

LAST_RESORT: Final = "Etc/UTC"


class ZoneSource(StrEnum):
    """Say what a zone was found by."""

    ZIP = "zip"
    PROVINCE = "province"
    COUNTRY = "country"
    SHOP = "shop"
    NONE = "none"  # even the shop's zone is not one we know


@dataclass(frozen=True, slots=True)
class RecipientZone:
    """An IANA zone name and what it was found by."""

    name: str
    source: ZoneSource

    @property
    def zone(self) -> ZoneInfo:
        """Return the zone itself."""
        return ZoneInfo(self.name)


@lru_cache(maxsize=4096)
def recipient_zone(
    country: str | None, province: str | None, shop_zone: str, zip_code: str | None = None
) -> RecipientZone:
    """Return the zone of a shipping address.

    `country` is ISO 3166-1 alpha-2; `province` is Shopify's province code ("CA", "Q ROO", "PT-20") or ISO 3166-2's
    ("US-CA"); `zip_code` is the postal code as typed. `shop_zone` is the shop's IANA zone, used where the address does
    not tell.
    """
    country_code = _code(country)
    by_province = _provinces().get(country_code)
    if by_province is not None:
        province_code = _code(province).removeprefix(f"{country_code}-")
        by_zip = _by_zip(country_code, province_code, zip_code)
        if by_zip is not None:
            return RecipientZone(by_zip, ZoneSource.ZIP)
        if province_code in by_province:
            return RecipientZone(by_province[province_code], ZoneSource.PROVINCE)
        if REST in by_province:
            return RecipientZone(by_province[REST], ZoneSource.COUNTRY)
    elif country_code in _single_zone_countries():
        return RecipientZone(_single_zone_countries()[country_code], ZoneSource.COUNTRY)
    if shop_zone in _known_zones():
        return RecipientZone(shop_zone, ZoneSource.SHOP)
    return RecipientZone(LAST_RESORT, ZoneSource.NONE)


def _code(text: str | None) -> str:
    return (text or "").strip().upper().replace(" ", "_")


def _by_zip(country: str, province: str, zip_code: str | None) -> str | None:
    """Return the zone of the longest beginning of a postal code that is known to differ from its province."""
    starts = _zips().get((country, province))
    if starts is None or not zip_code:
        return None
    typed = "".join(letter for letter in zip_code.upper() if letter.isascii() and letter.isalnum())
    return next((starts[typed[:length]] for length in range(len(typed), 1, -1) if typed[:length] in starts), None)


@cache
def _zips() -> dict[tuple[str, str], dict[str, str]]:
    return {
        (country, province): {start: zone for zone, starts in zones.items() for start in starts.split()}
        for country, provinces in SPLIT_ZIPS.items()
        for province, zones in provinces.items()
    }


@cache
def _provinces() -> dict[str, dict[str, str]]:
    return {
        country: {code: zone for zone, codes in zones.items() for code in codes.split()}
        for country, zones in PROVINCE_ZONES.items()
    }


@cache
def _single_zone_countries() -> dict[str, str]:
    zones: dict[str, list[str]] = {}
    for row in files("tzdata.zoneinfo").joinpath("zone.tab").read_text(encoding="utf-8").splitlines():
        if row and not row.startswith("#"):
            country, _, zone, *_ = row.split("\t")
            zones.setdefault(country, []).append(zone)
    return {country: names[0] for country, names in zones.items() if len(names) == 1}


@cache
def _known_zones() -> frozenset[str]:
    return frozenset(available_timezones())
