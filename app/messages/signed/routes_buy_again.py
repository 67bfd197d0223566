"""`/b/<t>`: back to the store's cart with what was bought, as far as it is still sold."""

from __future__ import annotations

from flask import Blueprint, Response, request
from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from app.catalog.models import Product, Variant
from app.kit import runtime
from app.kit.work import unit_of_work
from app.messages.hits import keep as hits
from app.messages.models import Message, MessageItem
from app.messages.signed.buy_again import Wanted, cart_permalink
from app.messages.signed.find import message_of
from app.messages.signed.links import Purpose
from app.messages.signed.page_words import words
from app.messages.signed.shopper_page import leave, page, profile
from app.orders.models import OrderLine

blueprint = Blueprint("buy_again", __name__)

SOLD = "active"  # a product's status; drafts and archived ones cannot be put in a cart


@blueprint.get("/b/<token>")
def buy_again(token: str) -> Response:
    """Redirect to a cart with the message's lines that can be bought now; say so where none can."""
    here = runtime.current()
    with unit_of_work(here) as session:
        message = message_of(session, here, Purpose.BUY_AGAIN, token)
        hits.append(session, request, "page", token)
        target = cart_permalink(profile(session).primary_url, _wanted(session, message), message.step)
        if target is None:
            return page(session, "buy_again_gone.html", words(message.locale))
    return leave(target)


def _wanted(session: Session, message: Message) -> list[Wanted]:
    """Return what the message spoke of, or of its whole order where it named no lines, as far as it is sold now."""
    item = MessageItem.__table__.c
    spoken_of = (item.shop_id == message.shop_id) & (item.message_id == message.id) & (item.item_kind == "order_line")
    rows = session.execute(
        select(OrderLine.variant_shopify_id, OrderLine.quantity)
        .join(
            Variant,
            (Variant.shop_id == OrderLine.shop_id) & (Variant.shopify_id == OrderLine.variant_shopify_id),
        )
        .join(Product, (Product.shop_id == Variant.shop_id) & (Product.id == Variant.product_id))
        .where(
            OrderLine.shop_id == message.shop_id,
            OrderLine.order_id == message.order_id,
            or_(OrderLine.id.in_(select(item.item_id).where(spoken_of)), ~exists().where(spoken_of)),
            Variant.deleted_at.is_(None),
            Variant.available,
            Product.deleted_at.is_(None),
            Product.status == SOLD,
        )
        .order_by(OrderLine.id)
    )
    return [Wanted(row.variant_shopify_id, row.quantity) for row in rows if row.variant_shopify_id is not None]
