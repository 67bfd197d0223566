"""Gather who follow-ups would reach: the address, and everything that person has said about being written to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.customers import consent
from app.customers.address import address_hash
from app.customers.models import Customer, Preference, Suppression, SuppressionScope
from app.flows.facts.wish import EVERYTHING
from app.flows.rules.decision import CustomerFacts
from app.kit.among import among
from app.kit.work import entered_shop
from app.orders.models import Order

SUBSCRIBED = "subscribed"


@dataclass(frozen=True, slots=True)
class Person:
    """Hold who would be written to: the row behind the order, the address, and the facts a decision needs."""

    customer: Customer | None
    address: str | None
    facts: CustomerFacts


@dataclass(frozen=True, slots=True)
class Wishes:
    """Hold what a person chose: topics off, off altogether since when, paused until when."""

    topics_off: frozenset[str] = frozenset()
    off_since: datetime | None = None
    paused_until: datetime | None = None


def people(session: Session, orders: Sequence[Order]) -> dict[int, Person]:
    """Return the person behind each order, by the order's id."""
    shop_id = entered_shop(session)
    ids = sorted({order.customer_id for order in orders if order.customer_id is not None})
    customers = {
        row.id: row
        for row in session.scalars(
            select(Customer)
            .where(Customer.shop_id == shop_id, among(Customer.id, ids))
            .execution_options(populate_existing=True)
        )
    }
    agreed = consent.current(session, ids)
    wishes = _wishes(session, shop_id, ids)
    addresses = {order.id: _address(order, customers.get(order.customer_id or 0)) for order in orders}
    stops = _stops(session, shop_id, [address for address in addresses.values() if address])
    return {
        order.id: _person(
            order,
            customers.get(order.customer_id or 0),
            addresses[order.id],
            stops,
            agreed.get(order.customer_id or 0),
            wishes.get(order.customer_id or 0, Wishes()),
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
    wishes: Wishes,
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
        unsubscribed_at=optional.happened_at if optional else wishes.off_since,
        topics_off=wishes.topics_off,
        paused_until=wishes.paused_until,
    )
    return Person(customer, address, facts)


def _wishes(session: Session, shop_id: int, customer_ids: list[int]) -> dict[int, Wishes]:
    """Return the latest choice per topic of each customer."""
    rows = session.scalars(
        select(Preference)
        .where(Preference.shop_id == shop_id, among(Preference.customer_id, customer_ids))
        .order_by(Preference.happened_at, Preference.id)
    )
    latest: dict[int, dict[str, Preference]] = {}
    for row in rows:
        latest.setdefault(row.customer_id, {})[row.topic] = row
    return {
        customer_id: Wishes(
            topics_off=frozenset(topic for topic, row in chosen.items() if row.value == "off" and topic != EVERYTHING),
            off_since=next(
                (row.happened_at for topic, row in chosen.items() if (topic, row.value) == (EVERYTHING, "off")), None
            ),
            paused_until=next((row.until for row in chosen.values() if row.value == "paused"), None),
        )
        for customer_id, chosen in latest.items()
    }


def _stops(session: Session, shop_id: int, addresses: Sequence[str]) -> dict[tuple[str, SuppressionScope], Suppression]:
    hashes = {address_hash(address) for address in addresses}
    rows = session.scalars(
        select(Suppression)
        .where(Suppression.shop_id == shop_id, among(Suppression.address_hash, hashes))
        .execution_options(populate_existing=True)
    )
    return {(row.address_hash, row.scope): row for row in rows}
