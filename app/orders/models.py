"""Tables of orders and their lines, and the append-only history. `source_updated_at` guards every upsert."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index, Integer, Numeric, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.db import AS_WRITTEN, Base, ShopOwned


def of_order() -> ForeignKeyConstraint:
    """Return the composite foreign key of a table that belongs to one order."""
    return ForeignKeyConstraint(["shop_id", "order_id"], ["order.shop_id", "order.id"], ondelete="CASCADE")


class Order(ShopOwned, Base):
    """Hold one order as Shopify last described it."""

    __tablename__ = "order"
    __table_args__ = (
        UniqueConstraint("shop_id", "shopify_id"),
        Index("ix_order_customer", "shop_id", "customer_id"),
        Index("ix_order_email", "shop_id", "email"),
        Index("ix_order_name", "shop_id", "name"),
        Index("ix_order_placed", "shop_id", "placed_at"),
        Index("ix_order_stalls_at", "stalls_at", postgresql_where=text("stalled_at is null")),
    )

    shopify_id: Mapped[int]
    name: Mapped[str]  # "#1402"
    customer_id: Mapped[int | None]
    email: Mapped[str | None]
    email_withheld: Mapped[bool] = mapped_column(default=False)  # null because unapproved, not because absent
    locale: Mapped[str | None]
    country: Mapped[str | None]
    province: Mapped[str | None]
    zip: Mapped[str | None]
    service: Mapped[str | None]  # the way of shipping the buyer chose
    recipient_name: Mapped[str | None]  # who the parcel goes to, when it is not the buyer
    currency: Mapped[str]
    total: Mapped[Decimal] = mapped_column(Numeric(14, 3))
    financial_status: Mapped[str | None]
    fulfillment_status: Mapped[str | None]
    is_test: Mapped[bool] = mapped_column(default=False)
    note: Mapped[str | None]
    status_url: Mapped[str | None]  # the shopper's page at the shop; holds a key, so it goes with the person
    tags: Mapped[str] = mapped_column(default="")
    discount_codes: Mapped[str | None]  # one a line, empty where none was used; null where nobody told us yet
    gift: Mapped[str | None]  # how the shop says that it is one: attribute | note
    renewal: Mapped[bool] = mapped_column(default=False, server_default="false")  # a subscription placed it
    placed_at: Mapped[datetime]
    paid_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    cancel_reason: Mapped[str | None]
    deleted_at: Mapped[datetime | None]
    stalls_at: Mapped[datetime | None]  # from when on it is paid for too long without anything sent
    stalled_at: Mapped[datetime | None]  # since when that has been said
    source_updated_at: Mapped[datetime]
    read_as: Mapped[str | None]  # a hash of what a pass read last and of what stood here then (flows/syncing/reread.py)


class OrderLine(ShopOwned, Base):
    """Hold one line; `current_quantity` nets removals and refunds."""

    __tablename__ = "order_line"
    __table_args__ = (
        UniqueConstraint("shop_id", "shopify_id"),
        of_order(),
        Index("ix_order_line_order", "shop_id", "order_id"),
    )

    order_id: Mapped[int] = mapped_column(BigInteger)
    shopify_id: Mapped[int]
    product_shopify_id: Mapped[int | None]
    variant_shopify_id: Mapped[int | None]
    title: Mapped[str]
    variant_title: Mapped[str | None]
    sku: Mapped[str | None]  # empty where it has none; null where nobody told us yet
    quantity: Mapped[int] = mapped_column(Integer)
    current_quantity: Mapped[int] = mapped_column(Integer)
    requires_shipping: Mapped[bool]
    is_gift_card: Mapped[bool] = mapped_column(default=False)
    price: Mapped[Decimal | None] = mapped_column(Numeric(14, 3))


class OrderEvent(ShopOwned, Base):
    """Append what happened, when it happened at the source and when we learned of it. Kept 400 days."""

    __tablename__ = "order_event"
    __table_args__ = (
        UniqueConstraint("shop_id", "order_id", "kind", "subject_id", "happened_at"),
        of_order(),
        Index("ix_order_event_order", "shop_id", "order_id"),
        AS_WRITTEN,
    )

    order_id: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str]  # placed, paid, updated, cancelled, shipped, delivered, refunded, return_opened …
    subject_id: Mapped[int] = mapped_column(default=0)  # Shopify's id of the parcel, refund or return it is about
    happened_at: Mapped[datetime]
    received_at: Mapped[datetime]
    source: Mapped[str]  # webhook | reconcile
    changed: Mapped[dict[str, Any]]


class ArrivalDenial(ShopOwned, Base):
    """Record one answer "it has not arrived yet" about an order line, by the message it was given on."""

    __tablename__ = "arrival_denial"
    __table_args__ = (
        UniqueConstraint("shop_id", "order_line_id", "message_id"),
        ForeignKeyConstraint(["shop_id", "order_line_id"], ["order_line.shop_id", "order_line.id"], ondelete="CASCADE"),
    )

    order_line_id: Mapped[int] = mapped_column(BigInteger)
    message_id: Mapped[int]
    said_at: Mapped[datetime]
