"""`/b/<t>`: back to the store's cart with what was bought, as far as it is still sold."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalog.models import Variant
from app.kit import runtime
from app.kit.work import unit_of_work
from app.messages import hits
from app.messages.buy_again import Wanted, cart_permalink
from app.messages.find import message_of
from app.messages.links import Purpose
from app.messages.models import Message, MessageItem
from app.messages.shopper_page import page, profile
from app.orders.models import OrderLine

blueprint = Blueprint("buy_again", __name__)


@blueprint.get("/b/<token>")
def buy_again(token: str) -> Response:
    """Redirect to a cart with the message's lines that can be bought now; say so where none can."""
    here = runtime.current()
    with unit_of_work(here) as session:
        message = message_of(session, here, Purpose.BUY_AGAIN, token)
        hits.append(session, request, "page", token)
        wanted = _wanted(session, message)
        if not wanted:
            return page(session, "buy_again_gone.html", message.locale, status=410)
        target = cart_permalink(profile(session).primary_url, wanted, message.step)
    answer = redirect(target, code=302)
    answer.headers["Referrer-Policy"] = "no-referrer"
    return Response(answer.get_data(), 302, answer.headers)


def _wanted(session: Session, message: Message) -> list[Wanted]:
    rows = session.execute(
        select(OrderLine.variant_shopify_id, OrderLine.quantity)
        .join(
            MessageItem,
            (MessageItem.shop_id == OrderLine.shop_id)
            & (MessageItem.item_id == OrderLine.id)
            & (MessageItem.item_kind == "order_line"),
        )
        .join(
            Variant,
            (Variant.shop_id == OrderLine.shop_id) & (Variant.shopify_id == OrderLine.variant_shopify_id),
        )
        .where(
            OrderLine.shop_id == message.shop_id,
            MessageItem.message_id == message.id,
            Variant.deleted_at.is_(None),
            Variant.available,
        )
        .order_by(OrderLine.id)
    )
    return [Wanted(row.variant_shopify_id, row.quantity) for row in rows if row.variant_shopify_id is not None]
