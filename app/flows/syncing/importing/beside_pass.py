"""Read a past beside the first pass: what a small shop's pass reads is not read again.

The first pass takes the last sixty days page by page, within its share of the budget. Where that is soon done, the bulk
operation waits for it and asks for what is older alone. A shop with more orders than that has them sooner by bulk, and
the pass finds them known.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.flows.syncing.importing.begin import WITHIN_READ_ORDERS
from app.kit.queue import BULK
from app.kit.work import entered_shop, ring_after_commit
from app.orders.fetch import client
from app.orders.imports import HistoryImport, ImportStage, ImportState
from app.orders.models import Order
from app.shopify.asking import bulk
from app.shopify.models import SyncCursor

FEW: Final = 250  # orders: what a first pass reads within its head start
PATIENCE: Final = timedelta(minutes=10)
LOOK: Final = timedelta(seconds=20)


def known_since(session: Session, now: datetime) -> datetime | None:
    """Return from when on passes have read every order that was created; None while none has ended."""
    finished = select(SyncCursor.finished_at).where(SyncCursor.shop_id == entered_shop(session))
    return now - WITHIN_READ_ORDERS if session.scalar(finished) is not None else None


def pass_ended(session: Session, now: datetime) -> None:
    """Let a reading that waited for the pass go on at once."""
    session.execute(
        update(HistoryImport)
        .where(HistoryImport.shop_id == entered_shop(session), HistoryImport.state == ImportState.RUNNING)
        .where(HistoryImport.stage == ImportStage.ASK)
        .values(next_at=now)
    )
    ring_after_commit(session, BULK)


def waits(session: Session, row: HistoryImport, now: datetime) -> bool:
    """Tell whether a first pass is under way that is soon over; how much it has to read is asked once."""
    going = select(SyncCursor.id).where(SyncCursor.shop_id == row.shop_id, SyncCursor.last_fault.is_(None))
    if now - row.started_at > PATIENCE or session.scalar(going) is None:
        return False
    if row.orders_total is None:
        row.orders_total = bulk.count_orders(client(session), now - WITHIN_READ_ORDERS)
    return row.orders_total <= FEW


def known_orders(session: Session, since: datetime) -> int:
    """Return how many orders placed since an instant are here."""
    count = select(func.count()).select_from(Order)
    return session.scalar(count.where(Order.shop_id == entered_shop(session), Order.placed_at >= since)) or 0
