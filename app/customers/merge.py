"""Join two customers who turned out to be one person: what was known of either is known of the one who was kept.

A merge is heard in any order with everything else, twice, or for somebody never heard of: each customer who is gone
points straight at the last one kept, so that a chain of merges joined in any order ends the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.customers import identify
from app.customers.address import address_hash
from app.customers.consent import standing
from app.customers.erase import forget_customer
from app.customers.ledger import OWN, UNSUBSCRIBED, Source
from app.customers.models import ConsentEntry, Customer, Preference, Suppression, SuppressionScope
from app.customers.push_consent import push_unsubscribe
from app.customers.suppress import is_erased
from app.customers.topics import state_customer_consent
from app.customers.wish_topics import EVERYTHING
from app.kit import fault
from app.kit.clock import real_now
from app.kit.events import emit
from app.kit.work import entered_shop
from app.shopify.asking import fetch
from app.shopify.payloads import webhook_people
from app.shopify.webhooks.apply import Delivery, Park, told_at


@dataclass(frozen=True, slots=True)
class CustomersMerged:
    """Say that a customer lives on as another (our ids): every domain above points its own rows there."""

    gone_id: int
    kept_id: int


def merge_told(session: Session, delivery: Delivery) -> None:
    """Apply customers/merge; only a completed one changes anything."""
    told = webhook_people.customer_merge(delivery.body)
    if told.completed and told.gone_shopify_id != told.kept_shopify_id:
        merge_customers(session, told.gone_shopify_id, told.kept_shopify_id, at=told_at(session, delivery))


def merge_customers(session: Session, gone_shopify_id: int, kept_shopify_id: int, *, at: datetime) -> None:
    """Join the customer who is gone (Shopify's id) with the one kept, as of `at`. Again, it changes nothing.

    Raises Park where neither is known and the shop has no such customer: the body may be another shop's.
    """
    rows = _lock(session, gone_shopify_id, kept_shopify_id)
    named = rows.get(kept_shopify_id) or _learn(session, kept_shopify_id, gone_is_known=gone_shopify_id in rows, at=at)
    gone = rows.get(gone_shopify_id) or _make(session, gone_shopify_id)
    kept = (
        session.get_one(Customer, (named.shop_id, named.merged_into), with_for_update=True)
        if named.merged_into
        else named
    )
    if gone.merged_into is not None or gone.id == kept.id:
        return
    since = max(at, named.merged_at) if named.merged_at is not None else at
    _move(session, gone, kept, since)
    fault.point("M1")
    if kept.erased_at is not None:
        forget_customer(session, gone_shopify_id, at=at)
        emit(session, CustomersMerged(gone.id, kept.id))
        return
    _copy_consent(session, gone, kept, since)
    _copy_choices(session, gone, kept)
    session.flush()
    said = standing(session, [kept.id]).get(kept.id)
    if said is not None and said.state == UNSUBSCRIBED:
        push_unsubscribe(session, kept)
    emit(session, CustomersMerged(gone.id, kept.id))


def _lock(session: Session, *shopify_ids: int) -> dict[int, Customer]:
    """Return the customers of these ids that are known, locked in the order everybody locks people in."""
    rows = session.scalars(
        select(Customer)
        .where(Customer.shop_id == entered_shop(session), Customer.shopify_id.in_(shopify_ids))
        .order_by(Customer.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {row.shopify_id: row for row in rows if row.shopify_id is not None}


def _learn(session: Session, shopify_id: int, *, gone_is_known: bool, at: datetime) -> Customer:
    """Ask the shop who was kept. Where it has them no longer, they were merged on: a bare row holds their place."""
    client = session.info["runtime"].parts["admin"](session, entered_shop(session))
    facts = fetch.customer(client, shopify_id)
    if facts is None and not gone_is_known:
        raise Park("this shop has no such customer")
    row = identify.record_customer(session, facts, seen_at=at) if facts is not None else None
    if row is None:
        row = _make(session, shopify_id)
        row.erased_at = at if is_erased(session, shopify_id, None) else None
    elif facts is not None:
        state_customer_consent(session, facts, received_at=real_now(), seen_at=at)
    return row


def _make(session: Session, shopify_id: int) -> Customer:
    row = Customer(shop_id=entered_shop(session), shopify_id=shopify_id)
    session.add(row)
    session.flush()
    return row


def _move(session: Session, gone: Customer, kept: Customer, since: datetime) -> None:
    """Point the customer who is gone, and all who had been merged into them, at the one kept."""
    followers = session.scalars(
        select(Customer)
        .where(Customer.shop_id == gone.shop_id, Customer.merged_into == gone.id)
        .order_by(Customer.id)
        .with_for_update()
    ).all()
    for row in (gone, *followers):
        row.merged_into, row.merged_at = kept.id, max(since, row.merged_at) if row.merged_at else since
    session.flush()


def _copy_consent(session: Session, gone: Customer, kept: Customer, since: datetime) -> None:
    """Append what was said as the customer who is gone to the ledger of the one kept, under whose it was."""
    columns = (
        "shop_id",
        "channel",
        "state",
        "opt_in_level",
        "source",
        "text_version",
        "ip_hash",
        "happened_at",
        "received_at",
    )
    copied = select(
        *(getattr(ConsentEntry, name) for name in columns),
        literal(kept.id).label("customer_id"),
        case((ConsentEntry.said_of == OWN, gone.id), else_=ConsentEntry.said_of).label("said_of"),
        func.greatest(ConsentEntry.joined_at, since).label("joined_at"),
    ).where(ConsentEntry.shop_id == gone.shop_id, ConsentEntry.customer_id == gone.id)
    names = [*columns, "customer_id", "said_of", "joined_at"]
    session.execute(insert(ConsentEntry).from_select(names, copied).on_conflict_do_nothing())


def _copy_choices(session: Session, gone: Customer, kept: Customer) -> None:
    """Append the choices of the customer who is gone; a stop of mail to the address of either stops mail to both."""
    names = ("shop_id", "topic", "product_shopify_id", "value", "until", "source", "done_by", "happened_at")
    copied = select(*(getattr(Preference, name) for name in names), literal(kept.id).label("customer_id")).where(
        Preference.shop_id == gone.shop_id, Preference.customer_id == gone.id
    )
    session.execute(insert(Preference).from_select([*names, "customer_id"], copied.order_by(Preference.id)))
    addresses = [address_hash(row.email) for row in (gone, kept) if row.email]
    stops = session.scalars(
        select(Suppression).where(
            Suppression.shop_id == kept.shop_id,
            Suppression.address_hash.in_(addresses),
            Suppression.scope == SuppressionScope.OPTIONAL,
        )
    )
    for stop in stops:
        session.add(
            Preference(
                shop_id=kept.shop_id,
                customer_id=kept.id,
                topic=EVERYTHING,
                value="off",
                source=Source.MERGE,
                happened_at=stop.happened_at,
            )
        )
