"""Find out whether a customer who is gone at the shop lives on as another: their orders say who has them now.

Shopify deletes nobody who has orders, so a customer with orders who is gone was merged, whether or not that was heard.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.customers import identify
from app.customers.merge import merge_customers
from app.customers.models import Customer
from app.kit.clock import business_now
from app.kit.work import entered_shop
from app.orders.fetch import ask_for_order, client
from app.orders.models import Order
from app.orders.record.told import BuyerChanged
from app.shopify.asking import fetch
from app.shopify.asking.admin_faults import AccessDenied, TokenRefused
from app.shopify.entry.token_pair import TokenFault
from app.shopify.payloads import webhook_people
from app.shopify.webhooks.apply import Delivery, told_at

ASKABLE: Final = timedelta(days=59)  # older orders are out of reach


def buyer_deleted(session: Session, delivery: Delivery) -> None:
    """Look, before customers/delete is applied, whether the customer was merged: then the person is not forgotten.

    Without access to the shop nobody can be asked, and the person is forgotten as told.
    """
    row = identify.by_shopify_id(session, webhook_people.deleted_id(delivery.body))
    if row is None or row.shopify_id is None or row.merged_into is not None or row.erased_at is not None:
        return
    newest = session.scalars(
        select(Order)
        .where(Order.shop_id == row.shop_id, Order.customer_id == row.id, Order.deleted_at.is_(None))
        .where(Order.placed_at > business_now(session) - ASKABLE)
        .order_by(Order.placed_at.desc(), Order.id.desc())
        .limit(1)
    ).one_or_none()
    if newest is None:
        return
    try:
        asked = ask_for_order(session, newest.shopify_id)
    except (TokenFault, TokenRefused):
        return
    if asked is not None:
        join_new_buyer(session, row, asked, told_at(session, delivery))


def buyer_changed(session: Session, event: BuyerChanged) -> None:
    """Look whether the buyer of before is gone at the shop: an order may also have been given to somebody else."""
    gone = session.get_one(Customer, (entered_shop(session), event.before_id))
    if gone.shopify_id is None or gone.merged_into is not None or gone.erased_at is not None:
        return
    try:
        there = fetch.existing(client(session), "Customer", [gone.shopify_id])
    except AccessDenied:
        return
    if not there:
        order = session.get_one(Order, (gone.shop_id, event.order_id))
        join_new_buyer(session, gone, order, business_now(session))


def join_new_buyer(session: Session, gone: Customer, order: Order, at: datetime) -> bool:
    """Merge a customer into whoever an order of theirs belongs to now; return whether that is somebody else."""
    if order.customer_id is None or order.customer_id == gone.id or gone.shopify_id is None:
        return False
    buyer = session.get_one(Customer, (order.shop_id, order.customer_id))
    if buyer.shopify_id is None:
        return False
    merge_customers(session, gone.shopify_id, buyer.shopify_id, at=at)
    return True
