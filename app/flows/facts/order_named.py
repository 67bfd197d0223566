"""Match an order by its number as people type it."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_
from sqlalchemy.orm import Session

from app.kit.work import entered_shop
from app.orders.models import Order


def order_named(session: Session, typed: str) -> ColumnElement[bool]:
    """Return what is true of the shop's orders of that number, typed with or without the sign, in either case."""
    name = typed.strip()
    cases = {name, name.upper(), name.lower()}
    spelled = cases | {f"#{each.removeprefix('#')}" for each in cases}
    return and_(Order.shop_id == entered_shop(session), Order.name.in_(spelled))
