"""Read what stands above a person's timeline: who they are, what holds for mail to them, and why nothing is planned."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from babel import Locale
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.customers.consent import standing
from app.customers.ledger import Source, Statement
from app.customers.models import Customer
from app.customers.wishes import wishes
from app.flows.facts.people import full_name, person_name
from app.flows.pages.people.chosen import chosen
from app.flows.pages.people.entries import Whose
from app.flows.pages.people.notices import Notice, notices
from app.flows.words.count_words import counted
from app.flows.words.people.consent_words import NOTHING_SAID, stands_words
from app.kit.errors import NotFound
from app.kit.work import entered_shop
from app.orders.models import Order

LATEST_ORDERS: Final = 20  # their addresses are looked at for stops, beside the person's own


@dataclass(frozen=True, slots=True)
class Person:
    """The head of the page. `id` is None for an order without a known buyer. `paused_until` is UTC."""

    id: int | None
    name: str
    email: str
    country: str
    orders: str
    consent: str
    notices: tuple[Notice, ...]
    can_pause: bool
    paused_until: datetime | None
    can_resume: bool = False
    chosen: tuple[str, ...] = ()


def find(session: Session, customer_id: int) -> Whose:
    """Return whose timeline an id names; raise NotFound for one this shop does not have."""
    shop_id = entered_shop(session)
    found = session.scalars(select(Customer).where(Customer.shop_id == shop_id, Customer.id == customer_id))
    customer = found.one_or_none()
    if customer is None:
        raise NotFound
    return Whose(shop_id, customer)


def find_by_order(session: Session, order_id: int) -> Whose:
    """Return whose timeline an order belongs to; raise NotFound for one this shop does not have."""
    shop_id = entered_shop(session)
    order = session.scalars(select(Order).where(Order.shop_id == shop_id, Order.id == order_id)).one_or_none()
    if order is None:
        raise NotFound
    return find(session, order.customer_id) if order.customer_id is not None else Whose(shop_id, None, order)


def person(session: Session, whose: Whose, zone: ZoneInfo, now: datetime) -> Person:
    """Return the head of a person's page. `zone` is the merchant's clock."""
    count = session.scalar(select(func.count(Order.id)).where(Order.id.in_(whose.orders()))) or 0
    orders = counted(count, "order") if count else "No orders yet"
    customer = whose.customer
    if customer is None:
        name = full_name(None, whose.order) if whose.order else ""
        email = (whose.order.email or "") if whose.order else ""
        return Person(None, name, email, "", orders, NOTHING_SAID, (), False, None)
    newest = _latest(session, whose)
    said = standing(session, [customer.id]).get(customer.id)
    wish = wishes(session, [customer.id])[customer.id]
    gone = customer.erased_at is not None or customer.merged_into is not None
    return Person(
        id=customer.id,
        name=person_name(customer, newest[0] if newest else None),
        email=customer.email or (newest[0].email or "" if newest and not gone else ""),
        country=_country(customer.country),
        orders=orders,
        consent="" if customer.erased_at else _consent(said, zone, now),
        notices=tuple(notices(session, customer, newest, zone, now)),
        can_pause=not gone and wish.off_since is None,
        paused_until=wish.paused_until if wish.paused_until and wish.paused_until > now else None,
        can_resume=wish.paused_by == Source.MERCHANT,
        chosen=() if customer.erased_at else tuple(chosen(session, customer.id, zone, now)),
    )


def _country(code: str | None) -> str:
    """Return a country's English name; its code where nobody has named it."""
    name: str | None = Locale("en").territories.get(code or "")
    return name or code or ""


def _consent(last: Statement | None, zone: ZoneInfo, now: datetime) -> str:
    return NOTHING_SAID if last is None else stands_words(last.state, last.source, last.happened_at, zone, now)


def _latest(session: Session, whose: Whose) -> list[Order]:
    return list(
        session.scalars(
            select(Order)
            .where(Order.shop_id == whose.shop_id, Order.id.in_(whose.orders()))
            .order_by(Order.placed_at.desc(), Order.id.desc())
            .limit(LATEST_ORDERS)
        )
    )
