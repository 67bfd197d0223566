"""Tables of experiments: what is tried, its arms, and who saw which."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, Index, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.db import Base, ShopOwned


class Experiment(ShopOwned, Base):
    """Name one thing being tried on one step."""

    __tablename__ = "experiment"
    __table_args__ = (UniqueConstraint("shop_id", "key"),)

    key: Mapped[str]  # "review_request"
    started_at: Mapped[datetime]
    stopped_at: Mapped[datetime | None]


class Arm(ShopOwned, Base):
    """Hold one variant and its share of the dice."""

    __tablename__ = "arm"
    __table_args__ = (
        UniqueConstraint("shop_id", "experiment_id", "key"),
        ForeignKeyConstraint(["shop_id", "experiment_id"], ["experiment.shop_id", "experiment.id"], ondelete="CASCADE"),
    )

    experiment_id: Mapped[int]
    key: Mapped[str]  # "A", "B"
    weight: Mapped[int] = mapped_column(Integer, default=1)


class Exposure(ShopOwned, Base):
    """Record that a customer saw an arm: once per experiment."""

    __tablename__ = "exposure"
    __table_args__ = (
        UniqueConstraint("shop_id", "experiment_id", "customer_id"),
        ForeignKeyConstraint(["shop_id", "experiment_id"], ["experiment.shop_id", "experiment.id"], ondelete="CASCADE"),
    )

    experiment_id: Mapped[int]
    customer_id: Mapped[int]
    arm: Mapped[str]
    message_id: Mapped[int | None]
    happened_at: Mapped[datetime]


class Holdout(ShopOwned, Base):
    """Record one message a holdout kept back, and when it would have gone."""

    __tablename__ = "holdout"
    __table_args__ = (
        UniqueConstraint("shop_id", "follow_up_id"),
        Index("ix_holdout_customer", "shop_id", "customer_id"),
    )

    key: Mapped[str]  # "shop" | "flow.<key>"
    customer_id: Mapped[int]
    follow_up_id: Mapped[int]  # flows is above; no foreign key reaches up
    would_send_at: Mapped[datetime]
