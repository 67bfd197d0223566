"""Tables of the history read at install: how far the reading is, and what it showed, frozen."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Float, Index, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.db import Base, EnumText, ShopOwned, Turn


class ImportState(StrEnum):
    """Say whether history is being read. What Shopify refuses is asked for again daily; `last_fault` names it."""

    RUNNING = "running"
    DONE = "done"


class ImportStage(StrEnum):
    """Say what a reading does next."""

    ASK = "ask"  # begin a bulk operation
    WAIT = "wait"  # until Shopify has it ready
    ORDERS = "orders"  # read its lines for orders, buyers and parcels
    LINES = "lines"  # read them again for order lines
    DETAILS = "details"  # scans and what came back, page by page within a share of the budget


class HistoryImport(Turn, Base):
    """Hold one shop's reading of its past; a row each. Times are business time but for the lease."""

    __tablename__ = "history_import"
    __table_args__ = (
        UniqueConstraint("shop_id"),
        Index("ix_history_import_next_at", "next_at", postgresql_where="state = 'running'"),
    )

    state: Mapped[ImportState] = mapped_column(EnumText(ImportState))
    stage: Mapped[ImportStage] = mapped_column(EnumText(ImportStage))
    since: Mapped[datetime]  # orders created before are out of reach or older than we look
    is_whole: Mapped[bool]  # reaches back as far as we look: more than the 60 days every app may see
    operation: Mapped[int | None]  # Shopify's number of the bulk operation
    url: Mapped[str | None]  # of its lines, while it is good
    position: Mapped[int] = mapped_column(default=0)  # the byte after the last line that was kept
    detail_id: Mapped[int] = mapped_column(default=0)  # the last order whose details were asked for
    orders_total: Mapped[int | None] = mapped_column(Integer)
    orders_read: Mapped[int] = mapped_column(Integer, default=0)
    lines_read: Mapped[int] = mapped_column(Integer, default=0)
    details_total: Mapped[int | None] = mapped_column(Integer)
    details_read: Mapped[int] = mapped_column(Integer, default=0)
    # Lines of the file, and orders asked about, that say nothing we can use.
    unusable: Mapped[int] = mapped_column(Integer, default=0)
    points: Mapped[float] = mapped_column(Float, default=0.0)  # of the allowance, at `points_at`
    points_at: Mapped[datetime]
    rate: Mapped[float] = mapped_column(Float)
    started_at: Mapped[datetime]
    read_at: Mapped[datetime | None]  # when orders and lines were all here
    finished_at: Mapped[datetime | None]
    last_fault: Mapped[str | None]


class Baseline(ShopOwned, Base):
    """Hold how the shop did before us, as plain figures. Written once, at install, and never computed again."""

    __tablename__ = "baseline"
    __table_args__ = (UniqueConstraint("shop_id"),)

    frozen_at: Mapped[datetime]
    since: Mapped[datetime]
    until: Mapped[datetime]
    figures: Mapped[dict[str, Any]]
