"""Read what happened to a person's orders and parcels, as lines of their timeline."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.flows.pages.people.entries import Entry, Span, Whose
from app.flows.words.decided.arrival_words import stage_words
from app.kit.clock import business_now
from app.messages.mail.wording import money
from app.orders.arrival.whereabouts import stages
from app.orders.models import Order, OrderLine
from app.orders.parcels import Fulfillment
from app.orders.reversals import Refund, ReturnCase

ENDED = {"closed": "closed", "declined": "declined", "canceled": "cancelled"}


def orders(session: Session, whose: Whose, span: Span) -> list[Entry]:
    """Return orders placed, and cancelled or deleted."""
    mine = select(Order).where(Order.shop_id == whose.shop_id, Order.id.in_(whose.orders()))
    placed = session.scalars(span.of(mine, Order.placed_at)).all()
    titles = _titles(session, whose, [order.id for order in placed], business_now(session))
    found = [
        Entry(
            order.placed_at,
            f"Order {order.name} · {money(order.total, order.currency, 'en')}",
            ", ".join(titles.get(order.id, ())),
        )
        for order in placed
    ]
    for order in session.scalars(span.of(mine, Order.cancelled_at)):
        why = f"Reason: {order.cancel_reason.lower()}" if order.cancel_reason else ""
        found.append(Entry(order.cancelled_at, f"Order {order.name} cancelled", why))
    found += [
        Entry(order.deleted_at, f"Order {order.name} deleted")
        for order in session.scalars(span.of(mine, Order.deleted_at))
    ]
    return found


def reversals(session: Session, whose: Whose, span: Span) -> list[Entry]:
    """Return refunds, and returns opened and ended."""
    refunds = session.execute(span.of(with_order(whose, Refund), Refund.happened_at))
    found = [Entry(refund.happened_at, f"Refund on order {order}") for refund, order in refunds]
    mine = with_order(whose, ReturnCase)
    for case, order in session.execute(span.of(mine, ReturnCase.opened_at)):
        found.append(Entry(case.opened_at, f"{_called(case)} of order {order} opened"))
    for case, order in session.execute(span.of(mine, ReturnCase.closed_at)):
        found.append(Entry(case.closed_at, f"{_called(case)} of order {order} {ENDED.get(case.status, 'ended')}"))
    return found


def with_order(whose: Whose, table: type[Fulfillment | Refund | ReturnCase]) -> Any:
    """Return the query of a table's rows of these orders, each with the order's name."""
    return (
        select(table, Order.name)
        .join(Order, (Order.shop_id == table.shop_id) & (Order.id == table.order_id))
        .where(table.shop_id == whose.shop_id, table.order_id.in_(whose.orders()))
    )


def _called(case: ReturnCase) -> str:
    return f"Return {case.name}" if case.name else "A return"


def _titles(session: Session, whose: Whose, order_ids: Collection[int], now: datetime) -> dict[int, list[str]]:
    rows = session.scalars(
        select(OrderLine)
        .where(OrderLine.shop_id == whose.shop_id, OrderLine.order_id.in_(order_ids))
        .order_by(OrderLine.id)
    )
    at, found = stages(session, order_ids, now), dict[int, list[str]]()
    for line in rows:
        many = f"{line.quantity} × " if line.quantity > 1 else ""
        here = f" ({stage_words(at[line.id])})" if line.id in at and line.current_quantity > 0 else ""
        found.setdefault(line.order_id, []).append(f"{many}{line.title}{here}")
    return found
