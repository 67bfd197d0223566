"""Tables of replays that were asked for: the question, its parts while they are worked on, the answer."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.db import Base, EnumText, ShopOwned


class ReplayState(StrEnum):
    """Say how a replay stands."""

    ASKED = "asked"  # not divided into parts yet
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"  # one of its parts could not be done


class Replay(ShopOwned, Base):
    """Hold one question to the past: a flow document over a span of history, perhaps against a version of the flow."""

    __tablename__ = "replay"
    __table_args__ = (
        Index("uq_replay_open", "shop_id", unique=True, postgresql_where="state in ('asked', 'running')"),
    )

    state: Mapped[ReplayState] = mapped_column(EnumText(ReplayState))
    flow_key: Mapped[str]
    version: Mapped[int | None] = mapped_column(Integer)  # none for a document that was never published
    against: Mapped[int | None] = mapped_column(Integer)
    document: Mapped[dict[str, Any]]
    since: Mapped[datetime]
    until: Mapped[datetime]
    orders: Mapped[int | None] = mapped_column(Integer)  # none before it is divided
    asked_at: Mapped[datetime]
    asked_by: Mapped[str]
    began_at: Mapped[datetime | None]  # real time, for what is left
    finished_at: Mapped[datetime | None]
    answer: Mapped[dict[str, Any] | None]  # of app.flows.replay.job.answer_json, once it is done


class ReplayPart(ShopOwned, Base):
    """Hold some people's orders and, once done, the answer for them. Gone when the replay is over."""

    __tablename__ = "replay_part"
    __table_args__ = (
        UniqueConstraint("shop_id", "replay_id", "number"),
        ForeignKeyConstraint(["shop_id", "replay_id"], ["replay.shop_id", "replay.id"], ondelete="CASCADE"),
        Index("ix_replay_part_open", "id", postgresql_where="answer is null"),
    )

    replay_id: Mapped[int] = mapped_column(BigInteger)
    number: Mapped[int] = mapped_column(Integer)
    order_ids: Mapped[list[Any]]
    orders: Mapped[int] = mapped_column(Integer)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    lease_until: Mapped[datetime | None]  # real time
    answer: Mapped[dict[str, Any] | None]
