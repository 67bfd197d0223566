"""Stop mail to an address; remember an erased person by hash alone, so that no later webhook brings them back."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import BigInteger, Text, bindparam, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.customers.address import address_hash, normalise
from app.customers.models import Customer, Erasure, ErasureKind, Suppression, SuppressionScope
from app.kit.rows.one_trip import one_trip
from app.kit.rows.question import SHOP, Question, ask
from app.kit.work import entered_shop

ERASED: Final = Question(
    select(Erasure.id)
    .where(
        Erasure.shop_id == SHOP,
        Erasure.kind == ErasureKind.ERASE,
        Erasure.customer_shopify_id == bindparam("customer", type_=BigInteger),
    )
    .limit(1)
)
FORGOTTEN: Final = Question(
    select(Suppression.id)
    .where(
        Suppression.shop_id == SHOP,
        Suppression.address_hash == bindparam("address", type_=Text),
        Suppression.reason == "erased",
    )
    .limit(1)
)

# Whom an address belongs to may change while a mail to it is on its way (a merge, an order that names another buyer),
# and may be nobody we know: whoever writes to it, or stops that, holds the address itself too, after its people.
ADDRESS_KEY: Final = "hashtextextended('address:' || {shop} || ':' || {address}, 0)"
LOCK_ADDRESS: Final = (
    f"select pg_advisory_xact_lock({ADDRESS_KEY.format(shop='%(shop)s::bigint', address='%(address)s::text')})"
)


def suppress(
    session: Session, email: str, *, scope: SuppressionScope, reason: str, at: datetime, detail: str | None = None
) -> None:
    """Stop mail of `scope` to an address; a second stop of the same scope changes nothing.

    Locks the person first, as the hand-off does: whichever commits first wins, and a committed stop is always seen.
    """
    lock_person(session, email)
    session.execute(
        insert(Suppression)
        .values(
            shop_id=entered_shop(session),
            address_hash=address_hash(email),
            scope=scope,
            reason=reason,
            detail=detail,
            happened_at=at,
        )
        .on_conflict_do_nothing(),
    )


def lock_person(session: Session, email: str, customer_id: int | None = None) -> None:
    """Lock every row of the person behind an address or an id of ours, then the address, as the hand-off does.

    Both where both are known: an order may carry another address than its buyer.
    """
    address = normalise(email) or ""  # an empty address is nobody's; None would lock everybody without one
    theirs = [Customer.email == address]
    theirs += [Customer.id == customer_id] if customer_id is not None else []
    session.execute(
        select(Customer.id)
        .where(Customer.shop_id == entered_shop(session), or_(*theirs))
        .order_by(Customer.id)
        .with_for_update(),
    ).all()
    one_trip(session, [(LOCK_ADDRESS, {"shop": entered_shop(session), "address": address})])


def is_unsubscribed(session: Session, address: str) -> bool:
    """Tell whether optional mail to an address is stopped."""
    stop = select(Suppression.id).where(
        Suppression.shop_id == entered_shop(session),
        Suppression.address_hash == address_hash(address),
        Suppression.scope == SuppressionScope.OPTIONAL,
    )
    return session.scalar(stop.limit(1)) is not None


def is_erased(session: Session, customer_shopify_id: int | None, email: str | None) -> bool:
    """Tell whether this person's data was erased here."""
    address = address_hash(email) if email is not None else None
    return any(ask(session, (ERASED, {"customer": customer_shopify_id}), (FORGOTTEN, {"address": address})))
