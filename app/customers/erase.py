"""Erase a person: every field that says who they are, everywhere in this layer; a hash remembers not to come back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Text, cast, delete, func, null, or_, select, update
from sqlalchemy.orm import Session

from app.customers.address import normalise
from app.customers.models import ConsentEntry, Customer, Erasure, ErasureKind, Preference, SuppressionScope
from app.customers.suppress import suppress
from app.kit import fault
from app.kit.events import emit
from app.kit.work import entered_shop

PERSONAL = ("email", "first_name", "last_name", "locale", "province")


@dataclass(frozen=True, slots=True)
class CustomerErased:
    """Say that a person is gone: every domain above takes them out of its own rows."""

    customer_id: int


def forget_customer(session: Session, shopify_id: int, *, at: datetime, email: str | None = None) -> list[int]:
    """Erase the customer with this id, all who were merged with them, and guests with this address; return our ids.

    The addresses are suppressed first and by hash, so that nothing planned leaves while the rest is taken out. Erasing
    again changes nothing.
    """
    shop_id = entered_shop(session)
    rows = one_person(session, shopify_id)
    addresses = {address for address in (*(row.email for row in rows), normalise(email)) if address}
    for address in sorted(addresses):
        suppress(session, address, scope=SuppressionScope.ADDRESS, reason="erased", at=at)
        guests = select(Customer).where(
            Customer.shop_id == shop_id, Customer.email == address, Customer.shopify_id.is_(None)
        )
        rows += session.scalars(guests.with_for_update())
    fault.point("E1")
    for row in rows:
        if row.erased_at is None:
            row.erased_at = at
            row.tags = ""
            for name in PERSONAL:
                setattr(row, name, None)
            session.execute(delete(Preference).where(Preference.shop_id == shop_id, Preference.customer_id == row.id))
            session.execute(  # that and when somebody agreed or stopped stays, as proof; from where they did goes
                update(ConsentEntry)
                .where(ConsentEntry.shop_id == shop_id, ConsentEntry.customer_id == row.id)
                .values(ip_hash=null())
            )
            session.flush()
            emit(session, CustomerErased(row.id))
    _forget_copies(session, {shopify_id, *(row.shopify_id for row in rows if row.shopify_id)}, addresses)
    return [row.id for row in rows]


def one_person(session: Session, shopify_id: int) -> list[Customer]:
    """Return the customer with this id and everybody merged with them, locked in the order people are locked in."""
    shop_id = entered_shop(session)
    named = select(func.coalesce(Customer.merged_into, Customer.id)).where(
        Customer.shop_id == shop_id, Customer.shopify_id == shopify_id
    )
    kept = session.scalar(named)
    if kept is None:
        return []
    found = select(Customer).where(Customer.shop_id == shop_id, or_(Customer.id == kept, Customer.merged_into == kept))
    return list(session.scalars(found.order_by(Customer.id).with_for_update()))


def _forget_copies(session: Session, shopify_ids: set[int], addresses: set[str]) -> None:
    """Empty the copies of the person's data that were made for the merchant to download; that there were any stays."""
    result = cast(Erasure.result, Text)
    theirs = [
        Erasure.customer_shopify_id.in_(shopify_ids),
        *(result.contains(one, autoescape=True) for one in addresses),
    ]
    session.execute(
        update(Erasure)
        .where(Erasure.shop_id == entered_shop(session), Erasure.kind == ErasureKind.EXPORT, or_(*theirs))
        .values(result=null()),
    )
