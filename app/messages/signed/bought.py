"""Read which products a mail is about, and those its reader wants to hear nothing more of, by name."""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.catalog.models import Product
from app.kit.rows.among import among
from app.messages.models import Message
from app.orders.models import OrderLine


def bought(session: Session, message: Message, muted: AbstractSet[int] = frozenset()) -> dict[int, str]:
    """Return titles by Shopify's id of the product: those of the mail's order, then others that are muted."""
    lines = session.execute(
        select(OrderLine.product_shopify_id, OrderLine.title)
        .where(OrderLine.shop_id == message.shop_id, OrderLine.order_id == message.order_id)
        .where(OrderLine.product_shopify_id.is_not(None), OrderLine.is_gift_card.is_(False))
        .order_by(OrderLine.id)
    )
    found = {row.product_shopify_id: row.title for row in lines}
    known = session.execute(
        select(Product.shopify_id, Product.title)
        .where(
            Product.shop_id == message.shop_id, or_(among(Product.shopify_id, found), among(Product.shopify_id, muted))
        )
        .order_by(Product.title)
    )
    return found | {row.shopify_id: row.title for row in known}
