"""Know who a fact is about: by Shopify's id, else by normalised e-mail; a guest is adopted when the id arrives."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Text, bindparam, or_, select
from sqlalchemy.orm import Session

from app.customers.address import normalise
from app.customers.models import Customer
from app.customers.suppress import is_erased
from app.kit.rows.among import among
from app.kit.rows.question import SHOP, Question
from app.kit.rows.tracked import load
from app.kit.rows.upsert import change, find, make
from app.kit.work import entered_shop
from app.shopify.payloads.people import CustomerFacts

COPIED = ("first_name", "last_name", "country", "province", "locale")

BY_EMAIL: Final = (
    select(Customer)
    .where(
        Customer.shop_id == SHOP,
        Customer.email == bindparam("email", type_=Text),
        Customer.erased_at.is_(None),
        Customer.merged_into.is_(None),
    )
    .order_by(Customer.shopify_id.is_(None), Customer.id)
    .limit(1)
    .with_for_update()
)
GUEST_BY_EMAIL: Final = Question(BY_EMAIL.where(Customer.shopify_id.is_(None)))
ANYBODY_BY_EMAIL: Final = Question(BY_EMAIL)


def record_customer(session: Session, facts: CustomerFacts, *, seen_at: datetime) -> Customer | None:
    """Keep what Shopify says about a customer; return None for an erased one, who is never brought back.

    `seen_at` is the source's instant; a fact older than the stored one changes nothing, nor does a body of the same
    second: it may be the older one, and the next reconciliation asks the shop.
    """
    row = by_shopify_id(session, facts.shopify_id) or _adoptable_guest(session, facts)
    if row is None:
        if is_erased(session, facts.shopify_id, normalise(facts.email)):
            return None
        key = {"shop_id": entered_shop(session), "shopify_id": facts.shopify_id}
        told = _told(facts) | {"source_updated_at": facts.updated_at or seen_at}
        row = make(session, Customer, key | told)
        if row is None:  # somebody else has just made it
            return record_customer(session, facts, seen_at=seen_at)
    elif row.merged_into is not None:
        return survivor(session, row)  # late news of a record that is no more; who they are now, the kept one says
    elif row.erased_at is not None:
        return None
    else:
        change(row, {"shopify_id": facts.shopify_id})
        _copy(row, facts, facts.updated_at or seen_at)
    _note_locked(session, row)
    return row


def record_guest(
    session: Session, email: str, *, first_name: str | None, last_name: str | None, locale: str | None
) -> Customer | None:
    """Know a buyer without an account by the address alone; return None where that address was erased."""
    address = normalise(email)
    if address is None or is_erased(session, None, address):
        return None
    row = _by_email(session, address) or _merged_with_email(session, address)
    if row is None:
        row = Customer(shop_id=entered_shop(session), shopify_id=None, email=address)
        session.add(row)
    row.first_name = row.first_name or first_name
    row.last_name = row.last_name or last_name
    row.locale = row.locale or locale
    session.flush()
    return row


def by_shopify_id(session: Session, shopify_id: int) -> Customer | None:
    """Return the row of this id, locked; it may have been merged into another, or erased. Locked once a session."""
    locked: dict[int, Customer] = session.info.setdefault("customers_locked", {})
    if shopify_id in locked:
        return locked[shopify_id]
    row = find(session, Customer, {"shop_id": entered_shop(session), "shopify_id": shopify_id})
    return _note_locked(session, row) if row is not None else None


def _note_locked(session: Session, row: Customer) -> Customer:
    if row.shopify_id is not None:
        session.info.setdefault("customers_locked", {})[row.shopify_id] = row
    return row


def _copy(row: Customer, facts: CustomerFacts, at: datetime) -> None:
    if row.source_updated_at is not None and (
        at < row.source_updated_at or (at == row.source_updated_at and facts.untold)
    ):
        return
    change(row, _told(facts) | {"source_updated_at": at})


def _told(facts: CustomerFacts) -> dict[str, Any]:
    """Return what is told of a customer by the names of the columns."""
    told = {name: getattr(facts, name) for name in COPIED} | {"tags": ", ".join(facts.tags)}
    kept = facts.untold | facts.withheld
    # A webhook that does not name a locale or address does not take the known one away.
    told = {name: value for name, value in told.items() if name not in kept and value is not None}
    return told if "email" in kept else told | {"email": normalise(facts.email)}


def _adoptable_guest(session: Session, facts: CustomerFacts) -> Customer | None:
    address = normalise(facts.email)
    return _by_email(session, address, guests_only=True) if address else None


def _by_email(session: Session, address: str, *, guests_only: bool = False) -> Customer | None:
    asked = GUEST_BY_EMAIL if guests_only else ANYBODY_BY_EMAIL
    return next(iter(load(session, Customer, (asked, {"email": address}))), None)


def _merged_with_email(session: Session, address: str) -> Customer | None:
    """Return whom somebody with this address lives on as."""
    query = select(Customer).where(
        Customer.shop_id == entered_shop(session),
        Customer.email == address,
        Customer.merged_into.is_not(None),
        Customer.erased_at.is_(None),
    )
    row = session.scalars(query.order_by(Customer.id).limit(1)).first()
    return survivor(session, row) if row is not None else None


def survivor(session: Session, row: Customer) -> Customer | None:
    """Return whom a customer lives on as, locked; None where that one is erased."""
    if row.merged_into is not None:
        row = session.get_one(Customer, (row.shop_id, row.merged_into), with_for_update=True)
    return None if row.erased_at is not None else row


def is_known(session: Session, shopify_id: int) -> bool:
    """Tell whether this shop is known to have a customer of this id."""
    return by_shopify_id(session, shopify_id) is not None


def find_ids(session: Session, shopify_id: int | None, email: str | None) -> list[int]:
    """Return our ids of a person named by Shopify's id, by address, or by both, and of all merged with them."""
    address = normalise(email)
    named = [Customer.shopify_id == shopify_id] if shopify_id is not None else []
    named += [Customer.email == address] if address is not None else []
    if not named:
        return []
    shop_id = entered_shop(session)
    rows = session.execute(select(Customer.id, Customer.merged_into).where(Customer.shop_id == shop_id, or_(*named)))
    return family(session, [row.merged_into or row.id for row in rows])


def family(session: Session, customer_ids: Sequence[int]) -> list[int]:
    """Return the ids of customers who were kept, and of everybody merged into them, in order."""
    shop_id = entered_shop(session)
    merged = session.scalars(
        select(Customer.id).where(Customer.shop_id == shop_id, among(Customer.merged_into, customer_ids))
    )
    return sorted({*customer_ids, *merged})
