"""Find the parcels that are on their way: sent, not reported, and not so long ago that nobody would call it that."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.flows.language.presets import LATEST
from app.flows.runs.triggers import UNPAID
from app.kit.work import entered_shop
from app.orders.models import Order
from app.orders.parcels import Fulfillment

MOST = 1_000  # parcels taken in with one press of a button; the latest come first


def parcels(session: Session, now: datetime) -> list[tuple[Fulfillment, Order]]:
    """Return parcels on their way with their orders, the latest first. Never one already delivered."""
    rows = session.execute(
        select(Fulfillment, Order)
        .where(*_conditions(session, now))
        .order_by(Fulfillment.shipped_at.desc(), Fulfillment.id)
        .limit(MOST)
    )
    return [(parcel, order) for parcel, order in rows]


def counted(session: Session, now: datetime) -> int:
    """Return how many parcels are on their way."""
    return session.scalar(select(func.count(Fulfillment.id)).where(*_conditions(session, now))) or 0


def _conditions(session: Session, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        Fulfillment.shop_id == entered_shop(session),
        Order.shop_id == Fulfillment.shop_id,
        Order.id == Fulfillment.order_id,
        Fulfillment.delivered_at.is_(None),
        Fulfillment.cancelled_at.is_(None),
        Fulfillment.shipped_at > now - LATEST,
        Fulfillment.shipped_at <= now,
        Order.deleted_at.is_(None),
        Order.cancelled_at.is_(None),
        func.coalesce(Order.financial_status, "paid").not_in(UNPAID),
    )
