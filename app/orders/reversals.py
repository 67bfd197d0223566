"""Tables of what was taken back: refunds and returns."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index, Integer, Numeric, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.db import Base, ShopOwned
from app.orders.models import of_order


class Refund(ShopOwned, Base):
    """Hold one refund of an order."""

    __tablename__ = "refund"
    __table_args__ = (
        UniqueConstraint("shop_id", "shopify_id"),
        of_order(),
        Index("ix_refund_order", "shop_id", "order_id"),
    )

    order_id: Mapped[int] = mapped_column(BigInteger)
    shopify_id: Mapped[int]
    amount: Mapped[Decimal | None] = mapped_column(Numeric(14, 3))
    happened_at: Mapped[datetime]


class RefundLine(ShopOwned, Base):
    """Say how many of an order line a refund covers."""

    __tablename__ = "refund_line"
    __table_args__ = (
        UniqueConstraint("shop_id", "refund_id", "order_line_id"),
        ForeignKeyConstraint(["shop_id", "refund_id"], ["refund.shop_id", "refund.id"], ondelete="CASCADE"),
        ForeignKeyConstraint(["shop_id", "order_line_id"], ["order_line.shop_id", "order_line.id"], ondelete="CASCADE"),
    )

    refund_id: Mapped[int] = mapped_column(BigInteger)
    order_line_id: Mapped[int] = mapped_column(BigInteger)
    quantity: Mapped[int] = mapped_column(Integer)


class ReturnCase(ShopOwned, Base):
    """Hold one return from request to close; an open one makes follow-ups wait."""

    __tablename__ = "return_case"
    __table_args__ = (
        UniqueConstraint("shop_id", "shopify_id"),
        of_order(),
        Index("ix_return_case_order", "shop_id", "order_id"),
    )

    order_id: Mapped[int] = mapped_column(BigInteger)
    shopify_id: Mapped[int]
    name: Mapped[str | None]
    status: Mapped[str]  # requested | open | closed | declined | canceled
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    source_updated_at: Mapped[datetime]


class ReturnLine(ShopOwned, Base):
    """Say how many of an order line a return brings back, out of whichever parcels."""

    __tablename__ = "return_line"
    __table_args__ = (
        UniqueConstraint("shop_id", "return_case_id", "order_line_id"),
        ForeignKeyConstraint(
            ["shop_id", "return_case_id"], ["return_case.shop_id", "return_case.id"], ondelete="CASCADE"
        ),
        ForeignKeyConstraint(["shop_id", "order_line_id"], ["order_line.shop_id", "order_line.id"], ondelete="CASCADE"),
        Index("ix_return_line_order_line", "shop_id", "order_line_id"),
    )

    return_case_id: Mapped[int] = mapped_column(BigInteger)
    order_line_id: Mapped[int] = mapped_column(BigInteger)
    quantity: Mapped[int] = mapped_column(Integer)
