"""Find what of an order can be rated: what has arrived, or was asked about, and is still the shopper's."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.catalog.models import Product
from app.messages.models import Message, MessageItem
from app.orders.models import Order, OrderLine
from app.orders.parcels import Fulfillment, FulfillmentLine
from app.reviews.models import Review


@dataclass(frozen=True, slots=True)
class Rateable:
    """Hold one line as the page shows it, with what was said about it before."""

    id: int
    title: str
    variant: str
    image_url: str
    review: Review | None


def rateable(session: Session, message: Message, order: Order) -> list[Rateable]:
    """Return the lines of the order that can be rated, in the order they were bought."""
    arrived = (
        select(FulfillmentLine.order_line_id)
        .join(
            Fulfillment,
            (Fulfillment.shop_id == FulfillmentLine.shop_id) & (Fulfillment.id == FulfillmentLine.fulfillment_id),
        )
        .where(
            Fulfillment.shop_id == order.shop_id,
            Fulfillment.order_id == order.id,
            Fulfillment.delivered_at.is_not(None),
            Fulfillment.cancelled_at.is_(None),
        )
    )
    # A parcel nobody could track is asked about all the same, after its latest day.
    asked = select(MessageItem.item_id).where(
        MessageItem.shop_id == order.shop_id,
        MessageItem.message_id == message.id,
        MessageItem.item_kind == "order_line",
    )
    rows: Iterable[tuple[OrderLine, Product | None, Review | None]] = session.execute(
        select(OrderLine, Product, Review)
        .join(
            Product,
            (Product.shop_id == OrderLine.shop_id) & (Product.shopify_id == OrderLine.product_shopify_id),
            isouter=True,
        )
        .join(
            Review,
            (Review.shop_id == OrderLine.shop_id)
            & (Review.order_line_id == OrderLine.id)
            & (Review.customer_id == message.customer_id),
            isouter=True,
        )
        .where(
            OrderLine.shop_id == order.shop_id,
            OrderLine.order_id == order.id,
            or_(OrderLine.id.in_(arrived), OrderLine.id.in_(asked)),
            OrderLine.current_quantity > 0,
            ~OrderLine.is_gift_card,
            OrderLine.product_shopify_id.is_not(None),
        )
        .order_by(OrderLine.id)
    )
    return [
        Rateable(line.id, line.title, line.variant_title or "", _picture(product), review)
        for line, product, review in rows
    ]


def _picture(product: Product | None) -> str:
    address = (product.image_url or "") if product is not None else ""
    return address if address.startswith(("https://", "http://")) else ""
