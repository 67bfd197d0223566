"""Write on a parcel what is expected of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from app.kit.clock import business_now
from app.kit.rows.upsert import change
from app.orders.arrival.delivery import Scan
from app.orders.lanes import book
from app.orders.lanes.areas import clock_of
from app.orders.lanes.business_days import WorkCalendar
from app.orders.lanes.expect import Fitted, LaneKey
from app.orders.lanes.outlook import NOTHING, Outlook, Parcel, outlook
from app.orders.lanes.settings import Deliveries
from app.orders.models import Order
from app.orders.parcels import Fulfillment, pickup
from app.shops.settings import load_once
from app.shops.zone import home_country

STEADY: Final = timedelta(hours=6)  # by less than this an estimate does not move: plans would follow every night

INFERRED: Final = ("inferred_at", "inferred_risk", "inferred_by")
FORESEEN: Final = ("last_scan_at", "late_at", "late_by", "expected_from", "expected_to", "expected_by")


@dataclass(frozen=True, slots=True)
class Here:
    """What holds for every parcel of a shop at one instant."""

    home: str
    chosen: Deliveries
    now: datetime


def here(session: Session) -> Here:
    """Return what holds for the shop's parcels now."""
    return Here(home_country(session), load_once(session, Deliveries), business_now(session))


def key_of(order: Order, parcel: Fulfillment) -> LaneKey:
    """Return the lane a parcel goes by."""
    return LaneKey(
        parcel.tracking_company or "", order.service or "", order.country or "", parcel.tracking_number is not None
    )


def foresee(session: Session, order: Order, parcel: Fulfillment, scans: Sequence[Scan]) -> None:
    """Derive anew, from all its scans, what is expected of a parcel."""
    if parcel.delivered_at is None and parcel.cancelled_at is None:
        write(order, parcel, scans, book.lane_of(session, key_of(order, parcel)), here(session))
    else:
        _put(parcel, NOTHING)


def write(order: Order, parcel: Fulfillment, scans: Sequence[Scan], lane: Fitted | None, place: Here) -> bool:
    """Write what is expected on the parcel; return whether the estimate of its arrival moved."""
    found = outlook(
        Parcel(
            shipped_at=parcel.shipped_at,
            tracked=parcel.tracking_number is not None,
            scans=scans,
            says=parcel.estimated_delivery_at,
            waits=pickup(parcel).waits,
            done=parcel.delivered_at is not None or parcel.cancelled_at is not None,
        ),
        lane,
        WorkCalendar(order.country, clock_of(order.country)),
        place.chosen.terms(abroad=order.country != place.home),
        place.now,
    )
    return _put(parcel, found)


def _put(parcel: Fulfillment, found: Outlook) -> bool:
    if found.last_scan_at != parcel.last_scan_at or found.late_at is None:
        change(parcel, {"delayed_at": None})  # something was told since: whatever was late, it is another story now
    moved = _moved(parcel, found)
    change(parcel, {name: getattr(found, name) for name in FORESEEN + (INFERRED if moved else ())})
    return moved


def _moved(parcel: Fulfillment, found: Outlook) -> bool:
    before, after = parcel.inferred_at, found.inferred_at
    if before is None or after is None or parcel.inferred_risk != found.inferred_risk:
        return before is not after
    return abs(after - before) >= STEADY
