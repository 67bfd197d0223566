"""Hear from a request about a person whose orders they are: it names them, whoever we knew as their buyer.

Somebody may have been merged while we were not told, above all while the app was uninstalled: what is asked for or to
be erased is then known here under an id, an address and orders of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.customers import identify
from app.customers.erase import forget_customer
from app.customers.merge import merge_customers
from app.customers.models import Customer
from app.kit.rows.among import among
from app.kit.work import entered_shop
from app.orders.fetch import ask_for_order, client
from app.orders.models import Order
from app.shopify.asking import fetch
from app.shopify.asking.admin_faults import AccessDenied, TokenRefused
from app.shopify.entry.token_pair import TokenFault
from app.shopify.payloads import webhook_people
from app.shopify.payloads.people import PrivacyRequest
from app.shopify.webhooks.apply import Delivery, told_at
from app.shops.topics import check_origin

UNASKABLE: Final = (AccessDenied, TokenFault, TokenRefused)


def data_requested(session: Session, delivery: Delivery) -> None:
    """Look, before customers/data_request is applied, who the named orders belong to now, where they can be asked."""
    check_origin(session, delivery)
    _read_anew(session, webhook_people.privacy_request(delivery.body))


def customer_redacted(session: Session, delivery: Delivery) -> None:
    """Do the same before customers/redact; whoever still has such an order and is not at the shop is this person.

    Where nobody can be asked, the body is believed: an erasure does not wait for an answer that may never come.
    """
    check_origin(session, delivery)
    request = webhook_people.privacy_request(delivery.body)
    _read_anew(session, request)
    for buyer in {order.customer_id: buyer for order, buyer in _of_others(session, request)}.values():
        if _is_there(session, buyer):
            continue
        if buyer.shopify_id is None or request.customer_shopify_id is None:
            forget_customer(session, buyer.shopify_id or 0, at=told_at(session, delivery), email=buyer.email)
            continue
        if identify.by_shopify_id(session, request.customer_shopify_id) is None:
            session.add(Customer(shop_id=buyer.shop_id, shopify_id=request.customer_shopify_id))
            session.flush()
        merge_customers(session, buyer.shopify_id, request.customer_shopify_id, at=told_at(session, delivery))


def _read_anew(session: Session, request: PrivacyRequest) -> None:
    """Ask for orders that are known as somebody else's; one answer may give all of a buyer's to who was kept."""
    asked: set[int] = set()
    try:
        while unasked := [order for order, _ in _of_others(session, request) if order.id not in asked]:
            asked.add(unasked[0].id)
            ask_for_order(session, unasked[0].shopify_id)
    except UNASKABLE:
        return


def _of_others(session: Session, request: PrivacyRequest) -> Sequence[tuple[Order, Customer]]:
    """Return the named orders that are known, with buyers who are known as living and as nobody the request is about.

    The newest come first: the shop can tell of those.
    """
    shop_id = entered_shop(session)
    theirs = identify.find_ids(session, request.customer_shopify_id, request.email)
    return [
        (order, buyer)
        for order, buyer in session.execute(
            select(Order, Customer)
            .join(Customer, (Customer.shop_id == Order.shop_id) & (Customer.id == Order.customer_id))
            .where(Order.shop_id == shop_id, among(Order.shopify_id, request.orders), Customer.erased_at.is_(None))
            .where(Customer.id.not_in(theirs))
            .order_by(Order.placed_at.desc(), Order.id.desc())
            .execution_options(populate_existing=True)
        )
    ]


def _is_there(session: Session, buyer: Customer) -> bool:
    """Tell whether the shop says that it has this customer."""
    if buyer.shopify_id is None:
        return False
    try:
        return bool(fetch.existing(client(session), "Customer", [buyer.shopify_id]))
    except UNASKABLE:
        return False
