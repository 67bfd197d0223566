"""Keep a shop's copy true: a lost webhook changes only when we know something, not what we know.

A pass walks everything changed since the last one: the shop, products and which collections they are in, customers,
orders; then it asks which of the orders that pending follow-ups rest on still exist. It runs at install (the last 60
days), every quarter of an hour, and by command; at night and after a gap it goes back a week (`reach.py`), once Shopify
opens customer data to us 60 days. It spends a tenth at most of what the shop's budget restores, and rests while it owes
(`app/shopify/asking/budget.py`).
"""

from __future__ import annotations

import math
import time
from datetime import datetime, timedelta

import structlog
from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.flows.planning.changed import come_back, restored
from app.flows.syncing import sync_stages
from app.flows.syncing.audit import silent_topics
from app.flows.syncing.importing import beside_pass
from app.flows.syncing.look_again import look_again
from app.flows.syncing.reach import next_night, reach, went_silent
from app.kit import fault
from app.kit.clock import business_now
from app.kit.collided import anew_where_collided
from app.kit.queue import BULK
from app.kit.runtime import Runtime
from app.kit.work import ring_after_commit, unit_of_work
from app.shopify.asking.admin_faults import AccessDenied, AdminFault, TokenRefused
from app.shopify.asking.budget import STANDARD_RATE, Allowance, Meter, head_start
from app.shopify.entry.token_pair import TokenFault
from app.shopify.models import SyncCursor
from app.shopify.payloads import PayloadError
from app.shops.access import lose_access
from app.shops.arrive import ShopConnected
from app.shops.data_access import note_access, opened_after
from app.shops.models import Shop
from app.shops.whose_turn import claim, connected, due
from app.shops.zone import shop_zone

READ_BACK = timedelta(days=60)  # what read_orders reaches
EVERY = timedelta(minutes=15)
OVERLAP = timedelta(minutes=5)  # Shopify's search index lags a little behind its changes
AFTER_FAULT = timedelta(minutes=5)
LEASE = timedelta(minutes=5)
SHARE = 0.09  # of the shop's rate budget: with what a minute saves, a tenth of it in any quarter of an hour
TURN_S = 5.0  # a shop's, when others wait
RUN_S = 25.0  # RQ ends a job after two minutes; a page that waits for rate limits may take thirty seconds itself

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
    for shop_id in session.scalars(connected().order_by(Shop.id)).all():
        begin(session, shop_id)


def waiting(session: Session) -> bool:
    """Tell whether any shop's pass is due (asked with the system role)."""
    return session.scalar(select(SyncCursor.id).where(due(session, SyncCursor)).limit(1)) is not None


def run_due(runtime: Runtime) -> int:
    """Walk due shops for RUN_S; return how many pages were read. A pass cut short goes on at the next ring."""
    ends_at = time.monotonic() + RUN_S
    pages = 0
    while time.monotonic() < ends_at and (shop_id := claim(runtime, SyncCursor, LEASE)) is not None:
        pages += walk(runtime, shop_id, min(ends_at, time.monotonic() + TURN_S), paced=True)
    return pages


def walk(runtime: Runtime, shop_id: int, ends_at: float = math.inf, *, paced: bool = False) -> int:
    """Walk one shop's pass to its end, a page a transaction; return how many pages were read.

    `ends_at` (monotonic seconds) stops it between two pages, to go on after those who wait longer. A `paced` pass rests
    while it owes; one asked for by hand does not.
    """
    pages = 0
    try:
        # A webhook about the same orders may be applied at the same moment.
        while anew_where_collided(lambda: _page(runtime, shop_id, paced=paced)):
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
        values = {"lease_until": None, "next_at": business_now(session)}
        session.execute(update(SyncCursor).where(SyncCursor.shop_id == shop_id).values(values))


def _page(runtime: Runtime, shop_id: int, *, paced: bool) -> bool:
    """Read and keep one page; return False when the pass is over, or owes what it has spent."""
    with unit_of_work(runtime, shop_id=shop_id, committed="R3") as session:
        cursor = session.scalars(select(SyncCursor).where(SyncCursor.shop_id == shop_id).with_for_update()).one()
        meter = session.info["meter"] = Meter(rate=cursor.rate or STANDARD_RATE)
        if cursor.pass_started_at is None:
            if paced and cursor.next_at > business_now(session):
                return False  # this process stood still past its lease: another has ended the pass meanwhile
            _start(session, cursor)
        cursor.lease_until = session.scalar(select(func.now() + LEASE))
        next_page = sync_stages.STAGES[cursor.stage](session, cursor.known_until - OVERLAP, cursor.page)
        fault.point("R2")
        cursor.page = next_page
        now = business_now(session)
        left = _spend(cursor, meter, now)
        following = cursor.stage if next_page is not None else sync_stages.after(cursor.stage)
        if following is None:
            _finish(session, cursor, now)
            return False
        cursor.stage = following
        if paced and left.wait:
            cursor.next_at, cursor.lease_until = now + left.wait, None
            return False
        return True


def _spend(cursor: SyncCursor, meter: Meter, now: datetime) -> Allowance:
    """Take what a page cost from the shop's allowance; return what is left."""
    if cursor.points is None or cursor.points_at is None or cursor.rate is None:
        before = head_start(now, meter.rate, SHARE)
    else:
        before = Allowance(cursor.points, cursor.points_at, cursor.rate, SHARE).now(now)
    left = before.after(meter)
    cursor.points, cursor.points_at, cursor.rate = left.points, now, left.rate
    return left


def _start(session: Session, cursor: SyncCursor) -> None:
    """Start a pass as far back as it has to look; a week's pass also asks which webhooks do not come."""
    look_again(session)
    now = business_now(session)
    found = reach(cursor.known_until, cursor.finished_at, cursor.week_at, now)
    cursor.known_until = found.since
    if found.is_week or cursor.week_at is None:
        cursor.week_at = next_night(now, shop_zone(session), cursor.shop_id)
    if found.is_week:
        cursor.silent = silent_topics(session, now)
    if opened_after(session, cursor.known_until):
        cursor.known_until = min(cursor.known_until, now - READ_BACK)
    cursor.pass_started_at, cursor.changed, cursor.unheard = now, 0, 0


def _finish(session: Session, cursor: SyncCursor, now: datetime) -> None:
    """End a pass; where it found what webhooks should have told, the next one goes back a week."""
    is_first = cursor.finished_at is None
    if not is_first and went_silent(cursor.changed, cursor.unheard):
        log.warning("webhooks_silent", shop_id=cursor.shop_id, changed=cursor.changed, unheard=cursor.unheard)
        cursor.week_at = now
    cursor.known_until, cursor.pass_started_at = cursor.pass_started_at or now, None
    cursor.stage, cursor.finished_at = sync_stages.FIRST, now
    cursor.next_at, cursor.lease_until, cursor.last_fault = now + EVERY, None, None
    if is_first:
        beside_pass.pass_ended(session, now)
    restored.read_again(session, now)
    come_back.shop_read(session, now)
