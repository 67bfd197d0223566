"""Tables of what a shop's parcels have taught about its lanes, and of when to learn again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Double, Index, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.db import Base, EnumText, ShopOwned, Turn
from app.orders.lanes.expect import Level


class Lane(ShopOwned, Base):
    """Hold one lane parcels went by; rebuilt from parcels, all of a shop's at once.

    `counts` are its sufficient statistics: parcels by working days, arrived and out. `curve` is what they lead to
    expect, on the grid of `app.orders.lanes.curve`; `level` says what that leans on.
    """

    __tablename__ = "lane"
    __table_args__ = (UniqueConstraint("shop_id", "carrier", "service", "country", "tracked"),)

    carrier: Mapped[str]
    service: Mapped[str]
    country: Mapped[str]
    tracked: Mapped[bool]
    level: Mapped[Level] = mapped_column(EnumText(Level))
    parcels: Mapped[int] = mapped_column(Integer)
    told: Mapped[float] = mapped_column(Double)
    lost: Mapped[float] = mapped_column(Double)
    middle: Mapped[float] = mapped_column(Double)
    doubt: Mapped[float] = mapped_column(Double)
    curve: Mapped[list[Any]]
    counts: Mapped[dict[str, Any]]


class LaneBook(Turn, Base):
    """Hold what a shop's lanes have in common, and when to learn anew and tell the parcels still out. One row.

    `next_at` is sooner than `learn_at` while parcels are still to be told.
    """

    __tablename__ = "lane_book"
    __table_args__ = (UniqueConstraint("shop_id"), Index("ix_lane_book_next_at", "next_at"))

    home: Mapped[str]  # the country the shop sends from
    kinds: Mapped[dict[str, Any]]  # app.orders.lanes.expect.Reach, of home and abroad
    learned_at: Mapped[datetime | None]
    learn_at: Mapped[datetime]  # business time
    after_parcel: Mapped[int] = mapped_column(default=0)  # how far they have been told
