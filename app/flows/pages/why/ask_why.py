"""Find the follow-ups a question on the command line means: those of an order, of a person, or one message."""

from __future__ import annotations

from typing import TypeVar

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.customers.address import normalise
from app.customers.identify import find_ids
from app.customers.models import Customer
from app.flows.facts.order_named import order_named
from app.flows.models import FollowUp
from app.kit.errors import NotFound
from app.kit.work import entered_shop
from app.messages.models import Message
from app.orders.models import Order

Kind = TypeVar("Kind")


def of_order(session: Session, name: str) -> list[int]:
    """Return the ids of what was or will be said about an order, by due time; raise NotFound without such an order."""
    orders = session.scalars(select(Order.id).where(order_named(session, name)))
    return _in_order(session, _found(list(orders)))


def of_address(session: Session, email: str) -> list[int]:
    """Return the same for every order of a person, or under an address; raise NotFound where neither is known."""
    shop_id, address = entered_shop(session), normalise(email) or ""  # None would mean every order without one
    people = find_ids(session, None, address)
    orders = session.scalars(
        select(Order.id).where(Order.shop_id == shop_id, (Order.customer_id.in_(people)) | (Order.email == address))
    )
    return _in_order(session, _found(list(orders)))


def of_customer(session: Session, named: str) -> list[int]:
    """Return the same for the customer of this number, Shopify's or the app's; raise NotFound where there is none."""
    return _in_order(session, [order.id for order in orders_of_customer(session, named)])


def orders_of_order(session: Session, name: str) -> list[Order]:
    """Return the orders of that name."""
    return _found(list(session.scalars(select(Order).where(order_named(session, name)).order_by(Order.placed_at))))


def orders_of_address(session: Session, email: str) -> list[Order]:
    """Return the orders of a person, or under an address."""
    shop_id, address = entered_shop(session), normalise(email) or ""
    people = find_ids(session, None, address)
    mine = (Order.customer_id.in_(people)) | (Order.email == address)
    return list(session.scalars(select(Order).where(Order.shop_id == shop_id, mine).order_by(Order.placed_at)))


def orders_of_customer(session: Session, named: str) -> list[Order]:
    """Return the orders of the customer of this number; raise NotFound where there is none, or it is no number."""
    digits = named.rpartition("/")[2]
    if not (digits.isascii() and digits.isdigit() and len(digits) < 19):
        raise NotFound
    shop_id, number = entered_shop(session), int(digits)
    mine = (Customer.shopify_id == number) | (Customer.id == number)
    people = _found(list(session.scalars(select(Customer.id).where(Customer.shop_id == shop_id, mine))))
    return list(
        session.scalars(
            select(Order).where(Order.shop_id == shop_id, Order.customer_id.in_(people)).order_by(Order.placed_at)
        )
    )


def of_message(session: Session, named: str) -> list[int]:
    """Return the one follow-up a number means, or the Message-ID of a mail; raise NotFound where it means none."""
    shop_id = entered_shop(session)
    if named.isascii() and named.isdigit() and len(named) < 19:
        query: Select[int] = select(FollowUp.id).where(FollowUp.shop_id == shop_id, FollowUp.id == int(named))
    else:
        public_id = named.strip().strip("<>").partition("@")[0]
        query = select(Message.follow_up_id).where(Message.shop_id == shop_id, Message.public_id == public_id)
    return _found(list(session.scalars(query)))


def _found(found: list[Kind]) -> list[Kind]:
    if not found:
        raise NotFound
    return found


def _in_order(session: Session, order_ids: list[int]) -> list[int]:
    rows = session.scalars(
        select(FollowUp.id)
        .where(FollowUp.shop_id == entered_shop(session), FollowUp.order_id.in_(order_ids))
        .order_by(FollowUp.due_at, FollowUp.id)
    )
    return list(rows)
