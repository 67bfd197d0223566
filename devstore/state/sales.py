"""What was bought, how it travelled, and what came back."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from devstore.state.base import Base, Money, ShopifyId

ORDER = "order.id"


class Order(Base):
    """An order; its lines, parcels and refunds hang on its id and go when it is deleted."""

    __tablename__ = "order"
    __table_args__ = (UniqueConstraint("shop_id", "order_number"),)

    id: Mapped[ShopifyId]
    shop_id: Mapped[int] = mapped_column(ForeignKey("shop.id"), index=True)
    order_number: Mapped[int]
    token: Mapped[str] = mapped_column(unique=True)
    customer_id: Mapped[int | None] = mapped_column(index=True)
    email: Mapped[str | None]
    phone: Mapped[str | None]
    customer_locale: Mapped[str] = mapped_column(default="en")
    accepts_marketing: Mapped[bool] = mapped_column(default=False)
    currency: Mapped[str]
    # pending, authorized, paid, partially_refunded, refunded, voided
    financial_status: Mapped[str] = mapped_column(default="pending")
    # None (nothing shipped), partial, fulfilled
    fulfillment_status: Mapped[str | None]
    note: Mapped[str | None]
    # [{"name": …, "value": …}]; a gift order carries {"name": "Gift", "value": "yes"}
    note_attributes: Mapped[list[Any]] = mapped_column(default=list)
    tags: Mapped[list[Any]] = mapped_column(default=list)
    discount_codes: Mapped[list[Any]] = mapped_column(default=list)
    shipping_price: Mapped[Decimal] = mapped_column(Money, default=Decimal(0))
    total_discounts: Mapped[Decimal] = mapped_column(Money, default=Decimal(0))
    refunded: Mapped[Decimal] = mapped_column(Money, default=Decimal(0))
    billing_address: Mapped[dict[str, Any] | None]
    shipping_address: Mapped[dict[str, Any] | None]
    source_name: Mapped[str] = mapped_column(default="web")
    test: Mapped[bool] = mapped_column(default=False)
    cancel_reason: Mapped[str | None]
    cancelled_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    paid_at: Mapped[datetime | None]
    processed_at: Mapped[datetime]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime] = mapped_column(index=True)

    @property
    def name(self) -> str:
        """The name people use: ``#1001``."""
        return f"#{self.order_number}"


class LineItem(Base):
    """One line; ``current_quantity`` is what is left after edits and refunds."""

    __tablename__ = "line_item"

    id: Mapped[ShopifyId]
    shop_id: Mapped[int] = mapped_column(ForeignKey("shop.id"))
    order_id: Mapped[int] = mapped_column(ForeignKey(ORDER, ondelete="CASCADE"), index=True)
    position: Mapped[int] = mapped_column(default=1)
    # Kept although the product or variant may be gone: an order is a record.
    product_id: Mapped[int | None] = mapped_column(index=True)
    variant_id: Mapped[int | None]
    title: Mapped[str]
    variant_title: Mapped[str | None]
    sku: Mapped[str | None]
    vendor: Mapped[str | None]
    quantity: Mapped[int]
    current_quantity: Mapped[int]
    fulfilled_quantity: Mapped[int] = mapped_column(default=0)
    price: Mapped[Decimal] = mapped_column(Money)
    grams: Mapped[int] = mapped_column(default=0)
    requires_shipping: Mapped[bool] = mapped_column(default=True)
    gift_card: Mapped[bool] = mapped_column(default=False)
    taxable: Mapped[bool] = mapped_column(default=True)
    properties: Mapped[list[Any]] = mapped_column(default=list)

    @property
    def fulfillable_quantity(self) -> int:
        """How many are still to be shipped."""
        return max(0, self.current_quantity - self.fulfilled_quantity)


class Fulfillment(Base):
    """One parcel (or one digital hand-over); ``shipment_status`` is the carrier's last word."""

    __tablename__ = "fulfillment"
    __table_args__ = (UniqueConstraint("order_id", "number"),)

    id: Mapped[ShopifyId]
    shop_id: Mapped[int] = mapped_column(ForeignKey("shop.id"), index=True)
    order_id: Mapped[int] = mapped_column(ForeignKey(ORDER, ondelete="CASCADE"))
    number: Mapped[int]
    # success, cancelled, error, failure
    status: Mapped[str] = mapped_column(default="success")
    # None or a fulfilment event's status, lower case; or what was said at the counter: ready_for_pickup, picked_up
    shipment_status: Mapped[str | None]
    tracking_company: Mapped[str | None]
    tracking_numbers: Mapped[list[Any]] = mapped_column(default=list)
    tracking_urls: Mapped[list[Any]] = mapped_column(default=list)
    in_transit_at: Mapped[datetime | None]
    estimated_delivery_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class FulfillmentLine(Base):
    """How many of one line travel in one parcel."""

    __tablename__ = "fulfillment_line"

    id: Mapped[ShopifyId]
    fulfillment_id: Mapped[int] = mapped_column(ForeignKey("fulfillment.id", ondelete="CASCADE"), index=True)
    line_item_id: Mapped[int] = mapped_column(ForeignKey("line_item.id", ondelete="CASCADE"), index=True)
    quantity: Mapped[int]


class FulfillmentEvent(Base):
    """One scan by a carrier; ``happened_at`` is the carrier's time, not ours."""

    __tablename__ = "fulfillment_event"

    id: Mapped[ShopifyId]
    shop_id: Mapped[int] = mapped_column(ForeignKey("shop.id"))
    order_id: Mapped[int] = mapped_column(ForeignKey(ORDER, ondelete="CASCADE"))
    fulfillment_id: Mapped[int] = mapped_column(ForeignKey("fulfillment.id", ondelete="CASCADE"), index=True)
    # label_purchased label_printed confirmed carrier_picked_up in_transit out_for_delivery
    # attempted_delivery delayed ready_for_pickup delivered failure
    status: Mapped[str]
    message: Mapped[str | None]
    city: Mapped[str | None]
    province: Mapped[str | None]
    country: Mapped[str | None]
    zip: Mapped[str | None]
    estimated_delivery_at: Mapped[datetime | None]
    happened_at: Mapped[datetime]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class Refund(Base):
    """Money given back; with or without lines. ``amount`` includes any shipping refunded."""

    __tablename__ = "refund"

    id: Mapped[ShopifyId]
    shop_id: Mapped[int] = mapped_column(ForeignKey("shop.id"))
    order_id: Mapped[int] = mapped_column(ForeignKey(ORDER, ondelete="CASCADE"), index=True)
    return_id: Mapped[int | None]
    note: Mapped[str | None]
    amount: Mapped[Decimal] = mapped_column(Money)
    restock: Mapped[bool] = mapped_column(default=False)
    processed_at: Mapped[datetime]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class RefundLine(Base):
    """How many of one line were refunded."""

    __tablename__ = "refund_line"

    id: Mapped[ShopifyId]
    refund_id: Mapped[int] = mapped_column(ForeignKey("refund.id", ondelete="CASCADE"), index=True)
    line_item_id: Mapped[int] = mapped_column(ForeignKey("line_item.id", ondelete="CASCADE"))
    quantity: Mapped[int]
    # no_restock, cancel, return
    restock_type: Mapped[str] = mapped_column(default="no_restock")
    subtotal: Mapped[Decimal] = mapped_column(Money)


class Return(Base):
    """A return: requested, then open or declined; canceled or closed; closed may reopen."""

    __tablename__ = "return"
    __table_args__ = (UniqueConstraint("order_id", "number"),)

    id: Mapped[ShopifyId]
    shop_id: Mapped[int] = mapped_column(ForeignKey("shop.id"))
    order_id: Mapped[int] = mapped_column(ForeignKey(ORDER, ondelete="CASCADE"))
    number: Mapped[int]
    # requested, open, declined, canceled, closed
    status: Mapped[str]
    decline_reason: Mapped[str | None]
    decline_note: Mapped[str | None]
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    updated_at: Mapped[datetime]


class ReturnLine(Base):
    """How many of one parcel's line come back, and why."""

    __tablename__ = "return_line"

    id: Mapped[ShopifyId]
    return_id: Mapped[int] = mapped_column(ForeignKey("return.id", ondelete="CASCADE"), index=True)
    fulfillment_line_id: Mapped[int] = mapped_column(ForeignKey("fulfillment_line.id", ondelete="CASCADE"))
    quantity: Mapped[int]
    # color defective not_as_described other size_too_large size_too_small style unknown
    # unwanted wrong_item
    reason: Mapped[str] = mapped_column(default="other")
    note: Mapped[str] = mapped_column(default="")
