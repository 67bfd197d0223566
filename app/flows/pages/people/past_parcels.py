"""Read what became of a person's parcels, as lines of their timeline: each says who says so."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.flows.pages.people.entries import Entry, Span, Whose
from app.flows.pages.people.past_orders import with_order
from app.flows.words.day_words import on_day
from app.flows.words.decided.arrival_words import SOURCES, estimate_words, expected_words
from app.kit.clock import business_now
from app.orders.arrival.delivery import DeliverySource
from app.orders.models import Order, OrderEvent
from app.orders.parcels import Fulfillment, inferred
from app.shops.zone import shop_zone


def parcels(session: Session, whose: Whose, span: Span) -> list[Entry]:
    """Return parcels sent, arrived with who says so or how sure an estimate is, at the counter, and cancelled."""
    mine = with_order(whose, Fulfillment)
    zone, now = shop_zone(session), business_now(session)
    found = [
        Entry(parcel.shipped_at, f"Parcel of {order} sent", _sent(parcel, zone, now))
        for parcel, order in session.execute(span.of(mine, Fulfillment.shipped_at))
    ]
    for parcel, order in session.execute(span.of(mine, Fulfillment.delivered_at)):
        source = SOURCES.get(DeliverySource(parcel.delivered_source)) if parcel.delivered_source else None
        came = "arrived" if parcel.delivered_source != DeliverySource.MERCHANT else "picked up"
        found.append(Entry(parcel.delivered_at, f"Parcel of {order} {came}", f"Known by: {source}" if source else ""))
    for parcel, order in session.execute(span.of(mine, Fulfillment.ready_for_pickup_at)):
        found.append(Entry(parcel.ready_for_pickup_at, f"Parcel of {order} ready for pickup"))
    for parcel, order in session.execute(span.of(mine, Fulfillment.inferred_at)):
        likely = inferred(parcel)
        if likely is not None and likely.at <= now:
            found.append(
                Entry(likely.at, f"Parcel of {order} should have arrived", f"Known by: {estimate_words(likely)}")
            )
    for parcel, order in session.execute(span.of(mine, Fulfillment.cancelled_at)):
        found.append(Entry(parcel.cancelled_at, f"Parcel of {order} cancelled"))
    return found


def late(session: Session, whose: Whose, span: Span) -> list[Entry]:
    """Return when a parcel was late, or an order paid for too long without anything sent."""
    zone, now = shop_zone(session), business_now(session)
    mine = (
        select(OrderEvent, Order.name)
        .join(Order, (Order.shop_id == OrderEvent.shop_id) & (Order.id == OrderEvent.order_id))
        .where(OrderEvent.shop_id == whose.shop_id, OrderEvent.order_id.in_(whose.orders()))
    )
    found = []
    for told, order in session.execute(span.of(mine.where(OrderEvent.kind == "delayed"), OrderEvent.happened_at)):
        seen = told.changed.get("last_scan_at")
        words = f"Last seen {on_day(datetime.fromisoformat(seen), zone, now)}" if seen else ""
        found.append(Entry(told.happened_at, f"Parcel of {order} is late", words, "late", "warning"))
    of_kind = mine.where(OrderEvent.kind == "fulfilment_stalled")
    for told, order in session.execute(span.of(of_kind, OrderEvent.happened_at)):
        found.append(Entry(told.happened_at, f"Order {order} paid and not sent", "", "waits", "warning"))
    return found


def _sent(parcel: Fulfillment, zone: ZoneInfo, now: datetime) -> str:
    carried = " ".join(word for word in (parcel.tracking_company, parcel.tracking_number) if word) or "No tracking"
    if parcel.expected_from is None or parcel.expected_to is None or parcel.expected_by is None:
        return carried
    return f"{carried} · {expected_words(parcel.expected_from, parcel.expected_to, parcel.expected_by, zone, now)}"
