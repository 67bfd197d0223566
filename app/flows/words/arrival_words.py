"""Say how an arrival is known: by whom, or how sure an estimate is and by what parcels. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from app.flows.words.day_words import on_day
from app.orders.delivery import DeliverySource, Inferred
from app.orders.lanes.expect import Level

SOURCES: Final = {
    DeliverySource.CARRIER_EVENT: "carrier scan",
    DeliverySource.SHOPIFY: "Shopify's own date",
    DeliverySource.MERCHANT: "you said so",
    DeliverySource.DIGITAL: "digital, there at once",
}
BY: Final = {
    Level.LANE: "by your parcels with this carrier to this country",
    Level.COUNTRY: "by your parcels to this country",
    Level.REACH: "by your parcels to other countries",
}


def estimate_words(found: Inferred) -> str:
    """Return "estimated, 90 % sure, by your parcels to this country"."""
    basis = BY.get(Level(found.by)) if found.by in set(Level) else None
    return f"estimated, {found.percent} % sure{f', {basis}' if basis else ''}"


def should_have_words(found: Inferred, zone: ZoneInfo, now: datetime) -> str:
    """Return "should have arrived on Tuesday (estimated, 90 % sure, …)", or "should arrive" while it is ahead."""
    verb = "should have arrived" if found.at <= now else "should arrive"
    return f"{verb} {on_day(found.at, zone, now)} ({estimate_words(found)})"
