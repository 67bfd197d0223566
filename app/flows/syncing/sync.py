"""Keep a shop's copy true: a lost webhook changes only when we know something, not what we know.

A pass walks everything changed since the last one: the shop, products, customers, orders; then it asks which of the
orders that pending follow-ups rest on still exist. It runs at install (the last 60 days), on a schedule and by command;
once Shopify opens customer data to us, the next one goes back 60 days again and lets go on what waited for it.
"""

from __future__ import annotations

import math
import time
from datetime import datetime, timedelta

import structlog
from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.flows.planning import come_back
from app.flows.syncing import sync_stages
from app.flows.syncing.look_again import look_again
from app.kit.clock import business_now
from app.kit.collided import has_collided
from app.kit.engines import SYSTEM
from app.kit.queue import BULK
from app.kit.runtime import Runtime
from app.kit.work import ring_after_commit, unit_of_work
from app.shopify.admin_faults import AccessDenied, AdminFault, TokenRefused
from app.shopify.models import SyncCursor
from app.shopify.payloads import PayloadError
from app.shopify.token_pair import TokenFault
from app.shops.access import lose_access
from app.shops.arrive import ShopConnected
from app.shops.data_access import note_access, opened_after
from app.shops.models import Shop, ShopStatus

READ_BACK = timedelta(days=60)  # what read_orders reaches
EVERY = timedelta(minutes=15)
OVERLAP = timedelta(minutes=5)  # Shopify's search index lags a little behind its changes
AFTER_FAULT = timedelta(minutes=5)
LEASE = timedelta(minutes=5)
RUN_S = 45.0  # RQ ends a job after two minutes; a page that waits for rate limits may take thirty seconds itself
TRIES = 5  # of one page, when a webhook about the same orders is applied at the same moment

log = structlog.get_logger()


def shop_connected(session: Session, event: ShopConnected) -> None:
    """Begin a whole pass whenever a shop has given us a new token pair: at install, and after every gap."""
    begin(session, event.shop_id)


def begin(session: Session, shop_id: int) -> None:
    """Ask for a whole pass over the last 60 days, soon."""
    now = business_now(session)
    values = {
        "known_until": now - READ_BACK,
        "page": None,
        "stage": sync_stages.FIRST,
        "pass_started_at": None,
        "next_at": now,
        "lease_until": None,
        "last_fault": None,
    }
    session.execute(
        insert(SyncCursor)
        .values(values | {"shop_id": shop_id})
        .on_conflict_do_update(index_elements=["shop_id"], set_=values),
    )
    ring_after_commit(session, BULK)


def begin_all(session: Session) -> None:
    """Ask every installed shop for a whole pass (with the system role): what we knew of them is not the latest."""
    for shop_id in session.scalars(select(Shop.id).where(Shop.status == ShopStatus.ACTIVE).order_by(Shop.id)).all():
        begin(session, shop_id)


def waiting(session: Session) -> bool:
    """Tell whether any shop's pass is due (asked with the system role)."""
    return session.scalar(select(SyncCursor.id).where(_due(business_now(session))).limit(1)) is not None


def run_due(runtime: Runtime) -> int:
    """Walk due shops for RUN_S; return how many pages were read. A pass cut short goes on at the next ring."""
    ends_at = time.monotonic() + RUN_S
    pages = 0
    while time.monotonic() < ends_at and (shop_id := _claim(runtime)) is not None:
        pages += walk(runtime, shop_id, ends_at)
    return pages


def walk(runtime: Runtime, shop_id: int, ends_at: float = math.inf) -> int:
    """Walk one shop's pass to its end, a page a transaction; return how many pages were read.

    `ends_at` (monotonic seconds) stops it between two pages, its lease given back.
    """
    pages = 0
    try:
        while _page_again(runtime, shop_id):
            pages += 1
            if time.monotonic() >= ends_at:
                _give_back(runtime, shop_id)
                break
    except (AdminFault, TokenFault, PayloadError) as problem:
        if isinstance(problem, TokenRefused):
            lose_access(runtime, shop_id)
        log.warning("sync_interrupted", shop_id=shop_id, fault=type(problem).__name__)
        with unit_of_work(runtime, shop_id=shop_id) as session:
            if isinstance(problem, AccessDenied) and problem.unapproved:
                note_access(session, is_open=False)
            session.execute(
                update(SyncCursor)
                .where(SyncCursor.shop_id == shop_id)
                .values(
                    next_at=business_now(session) + AFTER_FAULT, lease_until=None, last_fault=type(problem).__name__
                ),
            )
    return pages


def _give_back(runtime: Runtime, shop_id: int) -> None:
    with unit_of_work(runtime, shop_id=shop_id) as session:
        session.execute(update(SyncCursor).where(SyncCursor.shop_id == shop_id).values(lease_until=None))


def _page_again(runtime: Runtime, shop_id: int) -> bool:
    """Read and keep one page, anew where its transaction collided with another; return False when the pass is over."""
    for _ in range(TRIES - 1):
        try:
            return _page(runtime, shop_id)
        except DBAPIError as failure:
            if not has_collided(failure):
                raise
    return _page(runtime, shop_id)


def _page(runtime: Runtime, shop_id: int) -> bool:
    """Read and keep one page; return False when the pass is over."""
    with unit_of_work(runtime, shop_id=shop_id) as session:
        cursor = session.scalars(select(SyncCursor).where(SyncCursor.shop_id == shop_id).with_for_update()).one()
        if cursor.pass_started_at is None:
            _start(session, cursor)
        cursor.lease_until = session.scalar(select(func.now() + LEASE))
        next_page = sync_stages.STAGES[cursor.stage](session, cursor.known_until - OVERLAP, cursor.page)
        cursor.page = next_page
        if next_page is not None:
            return True
        following = sync_stages.after(cursor.stage)
        if following is not None:
            cursor.stage = following
            return True
        now = business_now(session)
        cursor.known_until, cursor.pass_started_at = cursor.pass_started_at or now, None
        cursor.stage, cursor.finished_at = sync_stages.FIRST, now
        cursor.next_at, cursor.lease_until, cursor.last_fault = now + EVERY, None, None
        come_back.data_reread(session, now)
        return False


def _start(session: Session, cursor: SyncCursor) -> None:
    """Start a pass; where customer data has been opened since the last one, over the last 60 days again."""
    look_again(session)
    if opened_after(session, cursor.known_until):
        cursor.known_until = min(cursor.known_until, business_now(session) - READ_BACK)
    cursor.pass_started_at = business_now(session)


def _due(now: datetime) -> ColumnElement[bool]:
    active = select(Shop.id).where(Shop.status == ShopStatus.ACTIVE)
    free = or_(SyncCursor.lease_until.is_(None), SyncCursor.lease_until < func.now())
    return (SyncCursor.next_at <= now) & free & SyncCursor.shop_id.in_(active)


def _claim(runtime: Runtime) -> int | None:
    with unit_of_work(runtime, role=SYSTEM) as session:
        cursor = session.scalars(
            select(SyncCursor)
            .where(_due(business_now(session)))
            .order_by(SyncCursor.next_at)
            .limit(1)
            .with_for_update(skip_locked=True)
        ).one_or_none()
        if cursor is None:
            return None
        cursor.lease_until = session.scalar(select(func.now() + LEASE))
        return cursor.shop_id
