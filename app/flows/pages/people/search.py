"""Find people by name, e-mail or order number; without a question, whoever came last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select, union
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from app.customers.models import Customer
from app.flows.facts.order_named import order_named
from app.flows.facts.people import full_name, person_name
from app.flows.pages.asked import LAST_PAGE, LONGEST
from app.kit.work import entered_shop
from app.orders.models import Order

PER_PAGE = 25


@dataclass(frozen=True, slots=True)
class Hit:
    """One line of the list: a person, or an order that names none. `last_at` is UTC; None without any order."""

    name: str
    email: str
    href: str
    orders: int = 0
    last_order: str = ""
    last_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One page of what was found."""

    hits: tuple[Hit, ...]
    number: int
    more: bool


def search(session: Session, question: str, number: int = 1) -> Page:
    """Return page `number` (from 1) of the people a question finds, the newest first."""
    number = min(max(number, 1), LAST_PAGE)
    words = question.strip().lower()[:LONGEST].split()
    query = _people(session, words).offset((number - 1) * PER_PAGE).limit(PER_PAGE + 1)
    people = session.scalars(query).all()
    hits = _hits(session, people[:PER_PAGE])
    if words and number == 1:
        hits = [*hits, *_without_person(session, words)]
    return Page(tuple(hits), number, len(people) > PER_PAGE)


def _people(session: Session, words: Sequence[str]) -> Select[Customer]:
    query = select(Customer).where(Customer.shop_id == entered_shop(session)).order_by(Customer.id.desc())
    if not words:
        return query.where(Customer.erased_at.is_(None), Customer.merged_into.is_(None))
    named = (select(Customer.id).where(Customer.shop_id == entered_shop(session), way) for way in _ways(words))
    ordered = select(Order.customer_id).where(order_named(session, " ".join(words)), Order.customer_id.is_not(None))
    return query.where(Customer.id.in_(union(*named, ordered)))


def _ways(words: Sequence[str]) -> list[ColumnElement[bool]]:
    """Return the ways a question can name a person, each answered by an index of its own.

    Words begin the first or the last name, both in either order, or one word begins the address.
    """
    first, last, whole = func.lower(Customer.first_name), func.lower(Customer.last_name), " ".join(words)
    ways = [_begins(first, whole), _begins(last, whole)]
    if len(words) == 1:
        return [*ways, _begins(Customer.email, whole)]
    return ways + [
        and_(_begins(one, " ".join(words[:at])), _begins(other, " ".join(words[at:])))
        for at in range(1, len(words))
        for one, other in ((first, last), (last, first))
    ]


def _begins(column: Any, text: str) -> ColumnElement[bool]:
    begins: ColumnElement[bool] = column.startswith(text, autoescape=True)
    return begins


def _hits(session: Session, people: Sequence[Customer]) -> list[Hit]:
    shop_id, ids = entered_shop(session), [person.id for person in people]
    counts = session.execute(
        select(Order.customer_id, func.count().label("count"), func.max(Order.placed_at).label("last_at"))
        .where(Order.shop_id == shop_id, Order.customer_id.in_(ids))
        .group_by(Order.customer_id)
    )
    told = {customer_id: (many, at) for customer_id, many, at in counts}
    newest = session.scalars(
        select(Order)
        .where(Order.shop_id == shop_id, Order.customer_id.in_(ids))
        .ext(distinct_on(Order.customer_id))
        .order_by(Order.customer_id, Order.placed_at.desc(), Order.id.desc())
    )
    last = {order.customer_id: order for order in newest}
    return [
        Hit(
            name=person_name(person, last.get(person.id)),
            email=person.email or "",
            href=f"/customers/{person.id}",
            orders=told.get(person.id, (0, None))[0],
            last_order=last[person.id].name if person.id in last else "",
            last_at=told.get(person.id, (0, None))[1],
        )
        for person in people
    ]


def _without_person(session: Session, words: Sequence[str]) -> list[Hit]:
    """Return orders of that number whose buyer left no address: sold at a counter, say."""
    rows = session.scalars(
        select(Order)
        .where(order_named(session, " ".join(words)), Order.customer_id.is_(None))
        .order_by(Order.id)
        .limit(PER_PAGE)
    )
    return [
        Hit(full_name(None, order), "", f"/customers/orders/{order.id}", 1, order.name, order.placed_at)
        for order in rows
    ]
