"""Say how far the reading of a shop's past is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.flows.words.under_way.history_words import Standing, history_words
from app.kit.clock import business_now
from app.kit.work import entered_shop
from app.orders.imports import HistoryImport, ImportStage, ImportState
from app.shops.data_access import is_open

ORDERS_PART: Final = 0.6  # reading the lines once more takes less than the first time


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a reading stands. `share` is 0 to 1; `is_read` once orders and lines are all here."""

    is_read: bool
    is_over: bool
    share: float
    words: str


def progress(session: Session) -> Progress | None:
    """Return where the entered shop's reading stands, None where none was begun."""
    row = session.scalars(select(HistoryImport).where(HistoryImport.shop_id == entered_shop(session))).one_or_none()
    if row is None:
        return None
    now = business_now(session)
    share = share_read(row)
    left = max(0, (row.details_total or 0) - row.details_read) if row.state is ImportState.RUNNING else 0
    standing = Standing(
        is_whole=row.is_whole,
        orders_read=row.orders_read,
        orders_total=row.orders_total,
        is_read=row.read_at is not None,
        details_left=left,
        left=time_left(row.started_at, now, share),
        is_waiting=row.stage in {ImportStage.ASK, ImportStage.WAIT},
        is_refused=row.last_fault == "AccessDenied" or not is_open(session),
        has_trouble=row.last_fault is not None,
    )
    return Progress(standing.is_read, row.state is ImportState.DONE, share, history_words(standing))


def share_read(row: HistoryImport) -> float:
    """Return how much of orders and lines has been read, 0 to 1."""
    if row.read_at is not None:
        return 1.0
    if not row.orders_total:
        return 0.0
    orders = min(1.0, row.orders_read / row.orders_total)
    if row.stage is not ImportStage.LINES:
        return orders * ORDERS_PART
    lines = min(1.0, row.lines_read / (row.orders_total * 1.7))  # lines an order, as a shop has them
    return ORDERS_PART + lines * (1 - ORDERS_PART)


def time_left(began: datetime, now: datetime, share: float) -> timedelta | None:
    """Return how long the rest takes at the pace so far, None while it is too early to say."""
    gone = now - began
    if share < 0.03 or gone < timedelta(seconds=5):
        return None
    return gone * ((1 - share) / share)
