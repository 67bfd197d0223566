"""Know from when on an order has been paid for too long without anything sent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import BigInteger, bindparam, select
from sqlalchemy.orm import Session

from app.kit.rows.question import SHOP, Question, ask
from app.kit.rows.upsert import change
from app.orders.lanes.business_days import WorkCalendar
from app.orders.lanes.settings import Deliveries
from app.orders.models import Order
from app.orders.parcels import Fulfillment
from app.shops.settings import load_once
from app.shops.zone import home_country, shop_zone

SENT: Final = Question(
    select(Fulfillment.id)
    .where(
        Fulfillment.shop_id == SHOP,
        Fulfillment.order_id == bindparam("order", type_=BigInteger),
        Fulfillment.cancelled_at.is_(None),
    )
    .limit(1)
)
UNDONE = frozenset({"refunded", "voided"})


def note_unsent(session: Session, order: Order, parcels: Sequence[Fulfillment] = ()) -> None:
    """Derive anew from when on the order counts as stalled; nothing once something of it was sent or it was undone.

    `parcels` are those of it that are at hand: where one is on its way, the others are not asked for.
    """
    stalls_at = _stalls_at(session, order, parcels)
    change(order, {"stalls_at": stalls_at} | ({"stalled_at": None} if stalls_at is None else {}))


def _stalls_at(session: Session, order: Order, parcels: Sequence[Fulfillment]) -> datetime | None:
    if any(parcel.cancelled_at is None for parcel in parcels):
        return None
    if order.paid_at is None or order.is_test or order.cancelled_at or order.deleted_at:
        return None
    if (order.financial_status or "").lower() in UNDONE:
        return None
    (sent,) = ask(session, (SENT, {"order": order.id}))
    if sent:
        return None
    calendar = WorkCalendar(home_country(session) or None, shop_zone(session))
    return calendar.after(order.paid_at, load_once(session, Deliveries).unsent_days)
