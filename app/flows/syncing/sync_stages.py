"""The stages of a pass, in order. Each reads one page of what changed since an instant and returns the next cursor."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.catalog.collections import listed, untold
from app.catalog.record_product import delete_product, record_product
from app.catalog.topics import keep_collection
from app.customers.identify import record_customer
from app.customers.topics import state_customer_consent
from app.flows.syncing.look_again import any_withheld
from app.flows.syncing.reach import GRACE, WEEK
from app.flows.syncing.reread import record_read
from app.flows.syncing.sync_deletions import deletions
from app.flows.syncing.unread import note_unread
from app.kit.clock import business_now, real_now
from app.kit.work import entered_shop
from app.orders.fetch import client
from app.orders.models import Order
from app.orders.record.told import RECONCILE, Told
from app.shopify.asking import fetch
from app.shopify.models import SyncCursor
from app.shopify.payloads.facts import OrderFacts
from app.shops.data_access import note_access
from app.shops.profile import record_profile

# A pass that looks further back was asked for, or follows on a gap of ours: it writes all that it reads.
ROUTINE = WEEK + timedelta(days=1)
COLLECTIONS_AT_ONCE = 50  # products, asked for by their ids
MORE = "more"  # a page that is found by what is still unknown needs no cursor

Stage = Callable[[Session, datetime, str | None], str | None]


def shop(session: Session, since: datetime, page: str | None) -> str | None:
    """Keep what the shop is called and where it is."""
    record_profile(session, fetch.shop(client(session)), seen_at=business_now(session))
    return None


def products(session: Session, since: datetime, page: str | None) -> str | None:
    """Keep a page of products. The catalogue is read whole: a line may name a product older than 60 days."""
    told = fetch.products(client(session), _all_when_new(session, since), page)
    note_unread(session, told.unread)
    for facts in told.items:
        record_product(session, facts)
    return told.next_cursor


def collections(session: Session, since: datetime, page: str | None) -> str | None:
    """Ask what is in a page of changed collections; where products were just read whole, they said so themselves."""
    if _all_when_new(session, since) is None:
        return None
    told = fetch.collections(client(session), since, page)
    for shopify_id in told.items:
        keep_collection(session, shopify_id)
    return told.next_cursor


def untold_products(session: Session, since: datetime, page: str | None) -> str | None:
    """Ask which collections products are in of which nobody told us yet; those that are no more are marked deleted.

    Each page knows more or marks more, so that it comes to an end.
    """
    some = untold(session, COLLECTIONS_AT_ONCE)
    told = fetch.collections_of(client(session), [each.shopify_id for each in some]) if some else {}
    for product in some:
        if product.shopify_id in told:
            product.collections = listed(told[product.shopify_id])
        else:
            delete_product(session, product.shopify_id, business_now(session))
    return MORE if len(some) == COLLECTIONS_AT_ONCE else None


def customers(session: Session, since: datetime, page: str | None) -> str | None:
    """Keep a page of customers with what they agreed to."""
    told = fetch.customers(client(session), _all_when_new(session, since), page)
    note_unread(session, told.unread)
    seen_at = business_now(session)
    for facts in told.items:
        row = record_customer(session, facts, seen_at=seen_at)
        if row is not None:
            state_customer_consent(session, facts, received_at=real_now(), seen_at=seen_at)
    return told.next_cursor


def orders(session: Session, since: datetime, page: str | None) -> str | None:
    """Keep a page of orders with everything on them, and plan by what changed."""
    told = Told(RECONCILE, business_now(session), real_now())
    found = fetch.orders_updated(client(session), since, page)
    note_unread(session, found.unread)
    _note_unheard(session, found.items, told.at)
    record_read(session, found.items, told, anew=told.at - since > ROUTINE)
    if found.items:
        note_access(session, is_open=not any("email" in facts.withheld for facts in found.items))
    elif not found.unread and not any_withheld(session):
        note_access(session, is_open=True)  # Shopify answers about orders, and has kept nothing back of any
    return found.next_cursor


def _note_unheard(session: Session, found: Sequence[OrderFacts], now: datetime) -> None:
    """Count what changed at the shop, and what of it no webhook had told although it had the time."""
    known = select(Order.shopify_id, Order.source_updated_at).where(
        Order.shop_id == entered_shop(session), Order.shopify_id.in_([facts.shopify_id for facts in found])
    )
    heard = {row.shopify_id: row.source_updated_at for row in session.execute(known)}
    old = [facts for facts in found if facts.updated_at < now - GRACE]
    unheard = sum(heard.get(facts.shopify_id) is None or heard[facts.shopify_id] < facts.updated_at for facts in old)
    session.execute(
        update(SyncCursor)
        .where(SyncCursor.shop_id == entered_shop(session))
        .values(changed=SyncCursor.changed + len(old), unheard=SyncCursor.unheard + unheard)
        .execution_options(synchronize_session="fetch")
    )


FIRST = "shop"
STAGES: Mapping[str, Stage] = {
    FIRST: shop,
    "products": products,
    "collections": collections,
    "untold_products": untold_products,
    "customers": customers,
    "orders": orders,
    "deletions": deletions,
}


def after(stage: str) -> str | None:
    """Return the stage that follows, None after the last."""
    names = list(STAGES)
    place = names.index(stage) + 1
    return names[place] if place < len(names) else None


def _all_when_new(session: Session, since: datetime) -> datetime | None:
    """Return None, which means everything, while this shop has never been read whole."""
    finished = select(SyncCursor.finished_at).where(SyncCursor.shop_id == entered_shop(session))
    return since if session.scalar(finished) is not None else None
