"""Gather who follow-ups would reach: the address, and everything that person has said about being written to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.customers import consent, wishes
from app.customers.address import address_hash
from app.customers.models import Customer, Suppression, SuppressionScope
from app.customers.wish_topics import AtMost
from app.customers.wishes import Wishes
from app.flows.rules.decision import CustomerFacts
from app.kit.rows.question import SHOP, Question, ask, one_of
from app.orders.models import Order

SUBSCRIBED = "subscribed"
CUSTOMERS: Final = Question(select(Customer.__table__).where(Customer.shop_id == SHOP, one_of(Customer.id, "people")))
STOPS: Final = Question(
    select(Suppression.__table__).where(Suppression.shop_id == SHOP, one_of(Suppression.address_hash, "hashes"))
)
EVERY = {AtMost.WEEKLY: timedelta(days=7), AtMost.MONTHLY: timedelta(days=30)}


@dataclass(frozen=True, slots=True)
class Person:
    """Hold who would be written to: the row behind the order, the address, and the facts a decision needs."""

    customer: Customer | None
    address: str | None
    facts: CustomerFacts
    muted: frozenset[int] = frozenset()  # Shopify's ids of products


def people(session: Session, orders: Sequence[Order]) -> dict[int, Person]:
    """Return the person behind each order, by the order's id."""
    keys = {"people": sorted({order.customer_id for order in orders if order.customer_id is not None})}
    known, said, told = ask(session, (CUSTOMERS, keys), (consent.STATEMENTS, keys), (wishes.CHOSEN, keys))
    customers: dict[int, Customer] = {row.id: row for row in known}
    agreed = consent.of_each(said)
    chosen = wishes.of_each(told, keys["people"])
    addresses = {order.id: _address(order, customers.get(order.customer_id or 0)) for order in orders}
    stops = _stops(session, [address for address in addresses.values() if address])
    return {
        order.id: _person(
            order,
            customers.get(order.customer_id or 0),
            addresses[order.id],
            stops,
            agreed[order.customer_id].state if order.customer_id in agreed else None,
            chosen.get(order.customer_id or 0, Wishes()),
        )
        for order in orders
    }


def _address(order: Order, customer: Customer | None) -> str | None:
    return order.email or (customer.email if customer else None)


def _person(
    order: Order,
    customer: Customer | None,
    address: str | None,
    stops: dict[tuple[str, SuppressionScope], Suppression],
    agreed: str | None,
    wish: Wishes,
) -> Person:
    key = address_hash(address) if address else ""
    stop = stops.get((key, SuppressionScope.ADDRESS))
    optional = stops.get((key, SuppressionScope.OPTIONAL))
    facts = CustomerFacts(
        country=order.country or (customer.country if customer else None),
        has_address=address is not None,
        erased_at=customer.erased_at if customer else None,
        merged=customer is not None and customer.merged_into is not None,
        stopped=stop.reason if stop else None,
        stopped_at=stop.happened_at if stop else None,
        stopped_words=stop.detail if stop else None,
        agreed_to_marketing=agreed == SUBSCRIBED,
        unsubscribed_at=optional.happened_at if optional else wish.off_since,
        topics_off=wish.topics_off,
        paused_until=wish.paused_until,
        paused_by=wish.paused_by_whom or wish.paused_by,
        at_most_every=EVERY.get(wish.at_most),
    )
    return Person(customer, address, facts, wish.muted)


def _stops(session: Session, addresses: Sequence[str]) -> dict[tuple[str, SuppressionScope], Suppression]:
    (rows,) = ask(session, (STOPS, {"hashes": sorted({address_hash(address) for address in addresses})}))
    return {(row.address_hash, row.scope): row for row in rows}
