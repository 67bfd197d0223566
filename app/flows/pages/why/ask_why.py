"""Find what a question on the command line means: the messages and orders of a person or an order, or one message."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from app.customers.address import normalise
from app.customers.identify import family, find_ids
from app.customers.models import Customer
from app.customers.suppress import is_erased
from app.flows.facts.order_named import order_named
from app.flows.models import FollowUp
from app.kit.errors import NotFound
from app.kit.rows.among import among
from app.kit.work import entered_shop
from app.messages.models import Message
from app.orders.models import Order

AT_ONCE: Final = 20  # messages and orders told at once, the latest first
ERASED: Final = "This person was erased on request. Nothing is sent to them again."


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked about: messages, and the orders behind them where it is about orders. `first` is said before."""

    messages: ColumnElement[bool]
    orders: ColumnElement[bool] | None
    first: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of what a question means. `ids` are follow-ups by due time; `messages` and `more` count them all."""

    ids: Sequence[int]
    orders: Sequence[Order]
    messages: int
    pages: int


def of_order(session: Session, name: str) -> Question:
    """Return the question about an order; raise NotFound without such an order."""
    named = order_named(session, name)
    if session.scalar(select(Order.id).where(named).limit(1)) is None:
        raise NotFound
    return _about(session, named)


def of_address(session: Session, email: str) -> Question:
    """Return the question about every order of a person, or under an address; raise NotFound where it is not known."""
    shop_id, address = entered_shop(session), normalise(email)
    if address is None:
        raise NotFound
    people = find_ids(session, None, address)
    mine = _of(shop_id, or_(among(Order.customer_id, people), Order.email == address))
    erased = is_erased(session, None, address)
    if not people and not erased and session.scalar(select(Order.id).where(mine).limit(1)) is None:
        raise NotFound
    return _about(session, mine, ERASED if erased else "")


def of_customer(session: Session, named: str) -> Question:
    """Return the question about the customer of this number, Shopify's or the app's; raise NotFound for no other.

    Of a customer who was merged, it is about the one they became.
    """
    digits = named.rpartition("/")[2]
    if not (digits.isascii() and digits.isdigit() and len(digits) < 19):
        raise NotFound
    shop_id, number = entered_shop(session), int(digits)
    found = session.scalars(
        select(Customer)
        .where(Customer.shop_id == shop_id, or_(Customer.shopify_id == number, Customer.id == number))
        .order_by((Customer.shopify_id == number).desc().nulls_last())
        .limit(1)
    ).one_or_none()
    if found is None:
        raise NotFound
    first = ERASED if found.erased_at is not None else ""
    if found.merged_into is not None:
        first = "This customer was merged into another one. Told is what both had, and what the other gets."
    people = family(session, [found.merged_into or found.id])
    return _about(session, _of(shop_id, among(Order.customer_id, people)), first)


def of_message(session: Session, named: str) -> Question:
    """Return the question about one message: its number, or the Message-ID of a mail. Raise NotFound for no other."""
    shop_id = entered_shop(session)
    if named.isascii() and named.isdigit() and len(named) < 19:
        mine = FollowUp.id == int(named)
    else:
        public_id = named.strip().strip("<>").partition("@")[0]
        said = select(Message.follow_up_id).where(Message.shop_id == shop_id, Message.public_id == public_id)
        mine = FollowUp.id.in_(said)
    mine &= FollowUp.shop_id == shop_id
    if session.scalar(select(FollowUp.id).where(mine).limit(1)) is None:
        raise NotFound
    return Question(mine, None)


def page_of(session: Session, question: Question, number: int) -> Page:
    """Return a page of what a question means; the first has the latest. Raise NotFound beyond the last."""
    skip = (number - 1) * AT_ONCE
    messages = session.scalar(select(func.count(FollowUp.id)).where(question.messages)) or 0
    count = 0
    if question.orders is not None:
        count = session.scalar(select(func.count(Order.id)).where(question.orders)) or 0
    pages = max(1, -(-max(messages, count) // AT_ONCE))
    if not 1 <= number <= pages:
        raise NotFound
    newest = select(FollowUp.id).where(question.messages).order_by(FollowUp.due_at.desc(), FollowUp.id.desc())
    ids = session.scalars(newest.offset(skip).limit(AT_ONCE)).all()
    orders: Sequence[Order] = ()
    if question.orders is not None:
        latest = select(Order).where(question.orders).order_by(Order.placed_at.desc(), Order.id.desc())
        orders = session.scalars(latest.offset(skip).limit(AT_ONCE)).all()
    return Page(ids[::-1], orders[::-1], messages, pages)


def _about(session: Session, orders: ColumnElement[bool], first: str = "") -> Question:
    mine = FollowUp.order_id.in_(select(Order.id).where(orders))
    return Question((FollowUp.shop_id == entered_shop(session)) & mine, orders, first)


def _of(shop_id: int, mine: ColumnElement[bool]) -> ColumnElement[bool]:
    return (Order.shop_id == shop_id) & mine
