"""Lock an order once a transaction, however many of those who change it and plan by it need it locked."""

from __future__ import annotations

from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session

from app.kit.rows.upsert import find
from app.kit.work import entered_shop
from app.orders.models import Order


def note_locked(session: Session, order: Order) -> None:
    """Say that this transaction has locked an order: nobody else changes it until the end."""
    session.info.setdefault("orders_locked", {})[order.id] = order


def locked(session: Session, shopify_id: int) -> Order | None:
    """Return the order of Shopify's id, where this transaction has locked it."""
    known: dict[int, Order] = session.info.get("orders_locked", {})
    return next((order for order in known.values() if order.shopify_id == shopify_id), None)


def lock_order(session: Session, order_id: int) -> Order:
    """Return an order of the entered shop, locked, as it stands now; raise NoResultFound where there is none."""
    locked: dict[int, Order] = session.info.get("orders_locked", {})
    if order_id in locked:
        return locked[order_id]
    order = find(session, Order, {"shop_id": entered_shop(session), "id": order_id})
    if order is None:
        raise NoResultFound
    note_locked(session, order)
    return order
