"""Count a shop's parcels by lane, and learn from them what to expect."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kit.work import entered_shop
from app.orders.arrival.delivery import DeliverySource
from app.orders.lanes import book
from app.orders.lanes.areas import clock_of
from app.orders.lanes.arrivals import Counts
from app.orders.lanes.business_days import WorkCalendar
from app.orders.lanes.expect import LaneKey
from app.orders.lanes.fit import learn
from app.orders.lanes.models import LaneBook
from app.orders.models import Order
from app.orders.parcels import Fulfillment
from app.shops.zone import home_country

LOOK_BACK: Final = timedelta(days=400)
AT_ONCE: Final = 2_000  # rows held at a time
REPORTED: Final = frozenset({DeliverySource.CARRIER_EVENT, DeliverySource.SHOPIFY})


def learn_shop(session: Session, lane_book: LaneBook, now: datetime) -> None:
    """Learn a shop's lanes anew from its parcels of the last 400 days; the same parcels teach the same."""
    home = home_country(session)
    counts = count(session, now)
    book.keep(session, lane_book, learn(counts, home), counts, now)


def count(session: Session, now: datetime) -> dict[LaneKey, Counts]:
    """Return the shop's parcels by lane, without what no carrier brings, was cancelled or is the merchant's word."""
    rows = session.execute(
        select(
            Fulfillment.tracking_company,
            Fulfillment.tracking_number.is_not(None).label("tracked"),
            Fulfillment.shipped_at,
            Fulfillment.delivered_at,
            Fulfillment.delivered_source,
            Order.country,
            Order.service,
        )
        .join(Order, (Order.shop_id == Fulfillment.shop_id) & (Order.id == Fulfillment.order_id))
        .where(
            Fulfillment.shop_id == entered_shop(session),
            Fulfillment.cancelled_at.is_(None),
            Fulfillment.shipped_at > now - LOOK_BACK,
            Fulfillment.shipped_at <= now,
            Fulfillment.ready_for_pickup_at.is_(None),
            ~Order.is_test,
        )
        .order_by(Fulfillment.id)
        .execution_options(yield_per=AT_ONCE)
    )
    found: dict[LaneKey, Counts] = defaultdict(Counts)
    for row in rows:
        if row.delivered_source is not None and row.delivered_source not in REPORTED:
            continue
        country = row.country or ""
        calendar = WorkCalendar(country or None, clock_of(country))
        took = calendar.elapsed(row.shipped_at, row.delivered_at) if row.delivered_at else None
        if took is not None and took < 0:
            continue  # a report from before it was sent says nothing of the way
        key = LaneKey(row.tracking_company or "", row.service or "", country, row.tracked)
        found[key].add(calendar.elapsed(row.shipped_at, now), took)
    return dict(found)
