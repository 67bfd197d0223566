"""Find orders to look at a mail with: one that shows it well, or those a merchant searches for."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from app.catalog.models import Product
from app.customers.models import Customer
from app.flows.facts.people import full_name, its_buyer
from app.flows.pages.asked import LONGEST
from app.kit.work import entered_shop
from app.orders.models import Order, OrderLine
from app.orders.parcels import Fulfillment

MOST = 8


@dataclass(frozen=True, slots=True)
class Found:
    """One order to choose."""

    order_id: int
    name: str
    person: str


def believable(session: Session) -> int | None:
    """Return the id of an order that shows every mail well: delivered lately, in order, with a picture and a name.

    Falls back to the latest order; None where there is none.
    """
    pictured = select(OrderLine.id).where(
        OrderLine.shop_id == Order.shop_id,
        OrderLine.order_id == Order.id,
        Product.shop_id == OrderLine.shop_id,
        Product.shopify_id == OrderLine.product_shopify_id,
        Product.image_url.is_not(None),
    )
    best = session.scalar(
        select(Order.id)
        .join(Customer, its_buyer())
        .join(Fulfillment, (Fulfillment.shop_id == Order.shop_id) & (Fulfillment.order_id == Order.id))
        .where(*_sound(session), Order.financial_status == "paid", Customer.first_name.is_not(None))
        .where(Customer.erased_at.is_(None), Fulfillment.cancelled_at.is_(None), pictured.exists())
        .order_by(
            Fulfillment.delivered_at.is_(None),
            func.coalesce(Order.locale, "en").not_like("en%"),  # the merchant reads this page in English
            Fulfillment.delivered_at.desc(),
            Order.id.desc(),
        )
        .limit(1)
    )
    return best or session.scalar(
        select(Order.id).where(*_sound(session)).order_by(Order.placed_at.desc(), Order.id.desc()).limit(1)
    )


def search(session: Session, words: str) -> list[Found]:
    """Return orders by number, name or address, the latest first; the latest of all for no words."""
    query = (
        select(Order, Customer)
        .join(Customer, its_buyer(), isouter=True)
        .where(Order.shop_id == entered_shop(session), Order.deleted_at.is_(None))
    )
    for word in words[:LONGEST].split():
        query = query.where(
            or_(
                Order.name.icontains(word, autoescape=True),
                Customer.first_name.icontains(word, autoescape=True),
                Customer.last_name.icontains(word, autoescape=True),
                Customer.email.icontains(word, autoescape=True),
                Order.recipient_name.icontains(word, autoescape=True),
            )
        )
    rows = session.execute(query.order_by(Order.placed_at.desc(), Order.id.desc()).limit(MOST))
    return [Found(order.id, order.name, full_name(customer, order)) for order, customer in rows]


def _sound(session: Session) -> tuple[ColumnElement[bool], ...]:
    return (Order.shop_id == entered_shop(session), Order.deleted_at.is_(None), Order.cancelled_at.is_(None))
