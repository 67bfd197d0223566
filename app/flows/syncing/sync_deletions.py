"""Ask what of the things follow-ups rest on is gone: a deletion leaves nothing changed to find.

Only of those that are pending, and those somebody at the shop may still bring back: a deletion we missed would show
nowhere else, and asking for all would cost a shop's budget.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from app.catalog.collections import forget_collection, known_ids
from app.catalog.models import Product
from app.catalog.record_product import delete_product
from app.customers.erase import forget_customer
from app.customers.models import Customer
from app.flows.models import FollowUp, FollowUpState
from app.flows.planning.by_hand.again import has_way_back
from app.kit.clock import business_now, real_now
from app.kit.work import entered_shop
from app.orders.fetch import ask_for_order, client
from app.orders.models import Order, OrderLine
from app.orders.record.told import RECONCILE, Told
from app.orders.topics import mark_deleted
from app.shopify.asking import fetch

ASKABLE: Final = timedelta(days=59)  # older orders are out of reach, which looks the same as gone
PENDING: Final = (FollowUpState.SCHEDULED, FollowUpState.HELD)


def deletions(session: Session, since: datetime, page: str | None) -> str | None:
    """Ask about a page of orders that something which may leave rests on, and about who bought what in them.

    Before the first page, about the collections that products are in: a fork may ask for any of them.
    """
    if page is None:
        _collections(session)
    rows = _page(session, int(page) if page else 0)
    if not rows:
        return None
    there = fetch.existing(client(session), "Order", [row.shopify_id for row in rows])
    told = Told(RECONCILE, business_now(session), real_now())
    for row in rows:
        if row.shopify_id not in there:
            mark_deleted(session, row, told)
    standing = [row for row in rows if row.shopify_id in there]
    _people(session, standing, told.at)
    _products(session, standing, told.at)
    return str(rows[-1].id)


def _page(session: Session, after: int) -> Sequence[Order]:
    shop_id = entered_shop(session)
    may_leave = or_(FollowUp.state.in_(PENDING), has_way_back())
    rests_on = exists().where(FollowUp.shop_id == Order.shop_id, FollowUp.order_id == Order.id, may_leave)
    return session.scalars(
        select(Order)
        .where(Order.shop_id == shop_id, rests_on, Order.deleted_at.is_(None), Order.id > after)
        .where(Order.placed_at > business_now(session) - ASKABLE)
        .order_by(Order.id)
        .limit(fetch.MOST_IDS)
        .with_for_update()
    ).all()


def _people(session: Session, orders: Sequence[Order], at: datetime) -> None:
    """Forget who was deleted. Who was merged into another is gone too: their orders say who they live on as."""
    people = session.scalars(
        select(Customer).where(
            Customer.shop_id == entered_shop(session),
            Customer.id.in_({order.customer_id for order in orders}),
            Customer.shopify_id.is_not(None),
            Customer.erased_at.is_(None),
        )
    ).all()
    there = fetch.existing(client(session), "Customer", [one.shopify_id for one in people if one.shopify_id])
    for person in people:
        if person.shopify_id is None or person.shopify_id in there:
            continue
        theirs = [order for order in orders if order.customer_id == person.id]
        for order in theirs:
            ask_for_order(session, order.shopify_id)
        if any(order.customer_id == person.id for order in theirs):
            forget_customer(session, person.shopify_id, at=at)


def _collections(session: Session) -> None:
    """Take the collections that are no more out of their products."""
    known = known_ids(session)
    for shopify_id in sorted(known - fetch.existing(client(session), "Collection", known)):
        forget_collection(session, shopify_id)


def _products(session: Session, orders: Sequence[Order], at: datetime) -> None:
    """Mark the products that are no longer sold."""
    shop_id = entered_shop(session)
    bought = select(OrderLine.product_shopify_id).where(
        OrderLine.shop_id == shop_id, OrderLine.order_id.in_([order.id for order in orders])
    )
    known = session.scalars(
        select(Product.shopify_id).where(
            Product.shop_id == shop_id, Product.shopify_id.in_(bought), Product.deleted_at.is_(None)
        )
    ).all()
    for shopify_id in sorted(set(known) - fetch.existing(client(session), "Product", known)):
        delete_product(session, shopify_id, at)
