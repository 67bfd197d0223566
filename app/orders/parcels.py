"""Tables of parcels: fulfilments, what is in them, and where the carrier saw them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Double, ForeignKeyConstraint, Index, Integer, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.db import Base, ShopOwned
from app.orders.arrival.delivery import Inferred
from app.orders.arrival.pickup import Pickup
from app.orders.models import of_order


def of_fulfillment() -> ForeignKeyConstraint:
    """Return the composite foreign key of a table that belongs to one parcel."""
    return ForeignKeyConstraint(
        ["shop_id", "fulfillment_id"], ["fulfillment.shop_id", "fulfillment.id"], ondelete="CASCADE"
    )


class Fulfillment(ShopOwned, Base):
    """Hold one parcel. `delivered_at` is a value with a source, and can be retracted."""

    __tablename__ = "fulfillment"
    __table_args__ = (
        UniqueConstraint("shop_id", "shopify_id"),
        of_order(),
        Index("ix_fulfillment_order", "shop_id", "order_id"),
        Index("ix_fulfillment_late_at", "late_at", postgresql_where=text("delayed_at is null")),
    )

    order_id: Mapped[int] = mapped_column(BigInteger)
    shopify_id: Mapped[int]
    status: Mapped[str]
    shipment_status: Mapped[str | None]
    tracking_company: Mapped[str | None]
    tracking_number: Mapped[str | None]
    tracking_url: Mapped[str | None]
    shipped_at: Mapped[datetime]
    shopify_delivered_at: Mapped[datetime | None]  # Fulfillment.deliveredAt, seen on reconciliation
    estimated_delivery_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    delivered_source: Mapped[str | None]  # app.orders.arrival.delivery.DeliverySource
    cancelled_at: Mapped[datetime | None]
    # Since when the shop itself shows it so: app.orders.arrival.pickup.
    ready_for_pickup_at: Mapped[datetime | None]
    picked_up_at: Mapped[datetime | None]
    # What app.orders.lanes expects of it while nobody has reported it; all empty once somebody has.
    expected_from: Mapped[datetime | None]
    expected_to: Mapped[datetime | None]
    expected_by: Mapped[str | None]  # carrier | lane | shop
    inferred_at: Mapped[datetime | None]  # arrived by then with probability 1 - inferred_risk
    inferred_risk: Mapped[float | None] = mapped_column(Double)
    inferred_by: Mapped[str | None]  # app.orders.lanes.expect.Level
    last_scan_at: Mapped[datetime | None]
    late_at: Mapped[datetime | None]  # from when on it is late
    late_by: Mapped[str | None]  # expected_passed | no_scan
    delayed_at: Mapped[datetime | None]  # since when it has been said to be
    source_updated_at: Mapped[datetime]


def inferred(parcel: Fulfillment) -> Inferred | None:
    """Return when a parcel nobody reported should have arrived, where that can be said."""
    if parcel.delivered_at is not None or parcel.inferred_at is None or parcel.inferred_risk is None:
        return None
    return Inferred(parcel.inferred_at, parcel.inferred_risk, parcel.inferred_by or "")


def pickup(parcel: Fulfillment) -> Pickup:
    """Return since when the shop shows a parcel as ready to be picked up, and as picked up."""
    return Pickup(parcel.ready_for_pickup_at, parcel.picked_up_at)


class FulfillmentLine(ShopOwned, Base):
    """Say how many of an order line are in a parcel."""

    __tablename__ = "fulfillment_line"
    __table_args__ = (
        UniqueConstraint("shop_id", "fulfillment_id", "order_line_id"),
        of_fulfillment(),
        ForeignKeyConstraint(["shop_id", "order_line_id"], ["order_line.shop_id", "order_line.id"], ondelete="CASCADE"),
    )

    fulfillment_id: Mapped[int] = mapped_column(BigInteger)
    order_line_id: Mapped[int] = mapped_column(BigInteger)
    quantity: Mapped[int] = mapped_column(Integer)


class FulfillmentEvent(ShopOwned, Base):
    """Hold one carrier scan; a deleted one keeps its row, or a late copy of the webhook would bring it back."""

    __tablename__ = "fulfillment_event"
    __table_args__ = (
        UniqueConstraint("shop_id", "shopify_id"),
        of_fulfillment(),
        Index("ix_fulfillment_event_fulfillment", "shop_id", "fulfillment_id"),
    )

    fulfillment_id: Mapped[int] = mapped_column(BigInteger)
    shopify_id: Mapped[int]
    status: Mapped[str]
    happened_at: Mapped[datetime]
    estimated_delivery_at: Mapped[datetime | None]
    message: Mapped[str | None]
    deleted_at: Mapped[datetime | None]
