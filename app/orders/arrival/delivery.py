"""Decide when a parcel arrived, and how we know. Pure: a function of the set of facts, never of their order.

A carrier's scan beats Shopify's own date, which beats what the merchant says. `inferred` and `fallback` are not
evidence: they label dates we only assume because nobody ever reported the parcel. A scan can be deleted, and a later
failed delivery takes an earlier arrival back; then the parcel is not delivered until something newer says so.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final


class DeliverySource(StrEnum):
    """Say where a date of arrival comes from, best first."""

    CARRIER_EVENT = "carrier_event"
    SHOPIFY = "shopify"
    MERCHANT = "merchant"
    DIGITAL = "digital"  # nothing to carry: it is there once it is fulfilled
    INFERRED = "inferred"  # nobody reported it; parcels on its lane mostly arrive by then
    FALLBACK = "fallback"  # nobody reported it


class Confidence(StrEnum):
    """Say how sure we are. What was inferred says it in per cent as well: `Inferred.percent`."""

    CERTAIN = "certain"
    LIKELY = "likely"
    ASSUMED = "assumed"


CONFIDENCE: Final = {
    DeliverySource.CARRIER_EVENT: Confidence.CERTAIN,
    DeliverySource.SHOPIFY: Confidence.LIKELY,
    DeliverySource.MERCHANT: Confidence.LIKELY,
    DeliverySource.DIGITAL: Confidence.CERTAIN,
    DeliverySource.INFERRED: Confidence.LIKELY,
    DeliverySource.FALLBACK: Confidence.ASSUMED,
}
UNREPORTED: Final = frozenset({DeliverySource.INFERRED, DeliverySource.FALLBACK})
ARRIVED: Final = frozenset({"delivered", "picked_up"})
DENIED: Final = frozenset({"failure", "attempted_delivery", "not_delivered"})
CARRIER_CLOCK_SLACK: Final = timedelta(days=1)  # some carriers write local time as UTC: up to 14 hours ahead


@dataclass(frozen=True, slots=True)
class Scan:
    """One carrier event. `status` in Shopify's vocabulary, any case; `happened_at` is the carrier's clock."""

    status: str
    happened_at: datetime
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class Delivered:
    """When a parcel arrived (aware UTC) and who says so."""

    at: datetime
    source: DeliverySource

    @property
    def confidence(self) -> Confidence:
        """Return how sure that source makes us."""
        return CONFIDENCE[self.source]

    @property
    def is_known(self) -> bool:
        """Say whether somebody reported it, so that a shopper may be told."""
        return self.source not in UNREPORTED


@dataclass(frozen=True, slots=True)
class Inferred:
    """When a parcel nobody reported has arrived (aware UTC) with probability 1 - `risk`, and by whose parcels."""

    at: datetime
    risk: float
    by: str = "lane"

    @property
    def percent(self) -> int:
        """Return how sure it is."""
        return round(100 * (1 - self.risk))


def delivered(
    scans: Iterable[Scan],
    *,
    now: datetime,
    shopify_delivered_at: datetime | None = None,
    merchant_delivered_at: datetime | None = None,
    digital_since: datetime | None = None,
) -> Delivered | None:
    """Return the arrival of one parcel, or None while nobody has reported it or the report was taken back.

    Of several scans the latest holds: a review asked a day late annoys less than one asked too early.
    `digital_since` is the fulfilment's instant where no line of it needs shipping. Dates more than a day ahead of
    `now` are a broken clock and count for nothing.
    """
    horizon = now + CARRIER_CLOCK_SLACK
    live = [scan for scan in scans if not scan.deleted and scan.happened_at <= horizon]
    denied_at = max((scan.happened_at for scan in live if scan.status.lower() in DENIED), default=None)
    scanned_at = max((scan.happened_at for scan in live if scan.status.lower() in ARRIVED), default=None)
    for at, source in (
        (scanned_at, DeliverySource.CARRIER_EVENT),
        (shopify_delivered_at, DeliverySource.SHOPIFY),
        (merchant_delivered_at, DeliverySource.MERCHANT),
        (digital_since, DeliverySource.DIGITAL),
    ):
        if at is not None and at <= horizon and (denied_at is None or at >= denied_at):
            return Delivered(at, source)
    return None


def assumed(shipped_at: datetime, fallback: timedelta, now: datetime) -> Delivered | None:
    """Return the assumed arrival of a parcel nobody reported, once `fallback` has passed since it was fulfilled."""
    at = shipped_at + fallback
    return Delivered(at, DeliverySource.FALLBACK) if at <= now else None
