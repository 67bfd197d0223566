"""Serve shops in turn: whose row is due and free, and a lease on it that ends by itself."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from app.kit import fault
from app.kit.clock import business_now
from app.kit.db import Turn
from app.kit.engines import SYSTEM
from app.kit.leases import is_free
from app.kit.runtime import Runtime
from app.kit.work import unit_of_work
from app.shops.models import Shop, ShopStatus


def connected() -> Select[int]:
    """Return our ids of the shops that have the app."""
    return select(Shop.id).where(Shop.status == ShopStatus.ACTIVE)


def due(session: Session, table: type[Turn]) -> ColumnElement[bool]:
    """Return what holds of the rows that are due, of connected shops, and in nobody's hands."""
    return (table.next_at <= business_now(session)) & is_free(table.lease_until) & table.shop_id.in_(connected())


def claim(runtime: Runtime, table: type[Turn], lease: timedelta, *also: ColumnElement[bool]) -> int | None:
    """Lease the row longest due of which `also` holds; return its shop, None where nobody waits."""
    with unit_of_work(runtime, role=SYSTEM) as session:
        row = session.scalars(
            select(table)
            .where(due(session, table), *also)
            .order_by(table.next_at)
            .limit(1)
            .with_for_update(skip_locked=True)
        ).one_or_none()
        if row is None:
            return None
        row.lease_until, shop_id = session.scalar(select(func.now() + lease)), row.shop_id
    fault.point("R1")
    return shop_id
