"""Say how an arrival is known: by whom, or how sure an estimate is and by what parcels. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from app.flows.words.day_words import day_words, on_day
from app.orders.arrival.delivery import DeliverySource, Inferred
from app.orders.arrival.stage import At, Stage
from app.orders.lanes.expect import Level
from app.orders.lanes.outlook import ExpectedBy

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


STAGES: Final = {
    Stage.PLACED: "placed",
    Stage.SENT: "sent",
    Stage.ON_ITS_WAY: "on its way",
    Stage.ARRIVED: "arrived",
    Stage.IN_USE: "in use",
    Stage.DUE_AGAIN: "due again",
}
EXPECTED: Final = {
    ExpectedBy.CARRIER: "the carrier's date",
    ExpectedBy.LANE: "4 of 5 of your parcels on this way",
    ExpectedBy.SHOP: "what you promise",
}


def stage_words(at: At) -> str:
    """Return "in use"; what rests on no report says so."""
    return STAGES[at.stage] if at.reported else "should have arrived"


def expected_words(first: datetime, last: datetime, by: str, zone: ZoneInfo, now: datetime) -> str:
    """Return "expected between Tuesday and Thursday (the carrier's date)"."""
    source = EXPECTED[ExpectedBy(by)]
    begins, ends = day_words(first, zone, now), day_words(last, zone, now)
    days = on_day(first, zone, now) if begins == ends else f"between {begins} and {ends}"
    return f"expected {days} ({source})"


def estimate_words(found: Inferred) -> str:
    """Return "estimated, 90 % sure, by your parcels to this country"."""
    basis = BY.get(Level(found.by)) if found.by in set(Level) else None
    return f"estimated, {found.percent} % sure{f', {basis}' if basis else ''}"


def should_have_words(found: Inferred, zone: ZoneInfo, now: datetime) -> str:
    """Return "should have arrived on Tuesday (estimated, 90 % sure, …)", or "should arrive" while it is ahead."""
    verb = "should have arrived" if found.at <= now else "should arrive"
    return f"{verb} {on_day(found.at, zone, now)} ({estimate_words(found)})"
