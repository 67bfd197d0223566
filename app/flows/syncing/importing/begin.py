"""Begin to read a shop's past when it connects, and again from the start when it lets us look further back."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.kit.clock import business_now
from app.kit.queue import BULK
from app.kit.work import ring_after_commit
from app.orders.imports import HistoryImport, ImportStage, ImportState
from app.shopify.asking.budget import STANDARD_RATE
from app.shops.arrive import ShopConnected
from app.shops.granted import granted_scopes
from app.shops.topics import ScopesChanged

WITHIN_READ_ORDERS: Final = timedelta(days=60)
AS_FAR_AS_WE_LOOK: Final = timedelta(days=731)
ALL_ORDERS: Final = "read_all_orders"


def shop_connected(session: Session, event: ShopConnected) -> None:
    """Begin where nothing was read yet: a new token pair alone is no reason to read everything again."""
    known = session.scalar(select(HistoryImport.id).where(HistoryImport.shop_id == event.shop_id))
    if known is None:
        begin(session, event.shop_id)


def scopes_changed(session: Session, event: ScopesChanged) -> None:
    """Read on where the shop has just let us see orders older than 60 days."""
    row = session.scalars(select(HistoryImport).where(HistoryImport.shop_id == event.shop_id)).one_or_none()
    if row is not None and not row.is_whole and ALL_ORDERS in granted_scopes(session):
        begin(session, event.shop_id)


def begin(session: Session, shop_id: int) -> None:
    """Ask for a whole reading, soon. What is known already is kept as it is."""
    now = business_now(session)
    is_whole = ALL_ORDERS in granted_scopes(session)
    values = {
        "state": ImportState.RUNNING,
        "stage": ImportStage.ASK,
        "since": reach(now, is_whole=is_whole),
        "is_whole": is_whole,
        "operation": None,
        "url": None,
        "position": 0,
        "detail_id": 0,
        "orders_total": None,
        "orders_read": 0,
        "lines_read": 0,
        "details_total": None,
        "details_read": 0,
        "unusable": 0,
        "points": 0.0,
        "points_at": now,
        "rate": STANDARD_RATE,
        "started_at": now,
        "read_at": None,
        "finished_at": None,
        "next_at": now,
        "lease_until": None,
        "last_fault": None,
    }
    session.execute(
        insert(HistoryImport)
        .values(values | {"shop_id": shop_id})
        .on_conflict_do_update(index_elements=["shop_id"], set_=values)
    )
    ring_after_commit(session, BULK)


def reach(now: datetime, *, is_whole: bool) -> datetime:
    """Return how far back orders are read: what every app may see, or two years."""
    return now - (AS_FAR_AS_WE_LOOK if is_whole else WITHIN_READ_ORDERS)
