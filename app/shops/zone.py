"""Read which clock a shop lives by, and the country it sends from."""

from __future__ import annotations

from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kit.rows.once import once
from app.kit.rows.question import SHOP, Question, ask
from app.shops.models import ShopProfile

PLACE: Final = Question(select(ShopProfile.timezone, ShopProfile.country).where(ShopProfile.shop_id == SHOP))


def shop_zone(session: Session) -> ZoneInfo:
    """Return the clock the merchant reads by; UTC while the shop's own is not known."""
    return ZoneInfo(zone_name(session) or "Etc/UTC")


def zone_name(session: Session) -> str:
    """Return the IANA name of the shop's zone, "" while it is not known. Asked once a session."""
    return _place(session)[0]


def home_country(session: Session) -> str:
    """Return the country the shop sends from, "" while it is not known. Asked once a session."""
    return _place(session)[1]


def _place(session: Session) -> tuple[str, str]:
    (rows,) = once(session, PLACE, lambda: ask(session, (PLACE, {})))
    zone, country = rows[0] if rows else ("", "")
    return zone or "", country or ""
