"""Read which clock a shop lives by."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kit.work import entered_shop
from app.shops.models import ShopProfile


def shop_zone(session: Session) -> ZoneInfo:
    """Return the clock the merchant reads by; UTC while the shop's own is not known."""
    return ZoneInfo(zone_name(session) or "Etc/UTC")


def zone_name(session: Session) -> str:
    """Return the IANA name of the shop's zone, "" while it is not known. Asked once a session."""
    if "shop_zone" not in session.info:
        profile = select(ShopProfile.timezone).where(ShopProfile.shop_id == entered_shop(session))
        session.info["shop_zone"] = session.scalar(profile) or ""
    name: str = session.info["shop_zone"]
    return name
