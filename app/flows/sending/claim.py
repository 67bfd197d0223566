"""Take due follow-ups: a lease on the shop, then a batch of its rows, each with a lease and a fence of its own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from sqlalchemy import (
    ARRAY,
    BigInteger,
    BindParameter,
    ColumnElement,
    DateTime,
    and_,
    any_,
    bindparam,
    func,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.orm import Session
from sqlalchemy.sql.selectable import LateralFromClause

from app.flows.models import FollowUp, FollowUpState, ShopLease
from app.flows.planning.record_decision import finish
from app.flows.rules.reasons import Reason
from app.flows.sending import circuit
from app.kit import epoch, fault
from app.kit.clock import business_now
from app.kit.engines import SYSTEM
from app.kit.leases import is_free
from app.kit.rows.one_trip import one_trip
from app.kit.rows.question import SHOP, Question
from app.kit.runtime import Runtime
from app.kit.work import entered_shop, unit_of_work

SHOPS_AT_ONCE = 100
BATCH = 160
SHOP_LEASE = timedelta(seconds=60)
SUSPECT: Final = 3  # claims in a row that came to nothing
MOST_FAILURES: Final = 10
ROW_LEASE = timedelta(seconds=120)  # more than a batch can take with every receiver at its deadline

log = structlog.get_logger()


# A claim and a lease given back need not outlive the database's own end: nothing leaves the building by them alone, and
# what is decided by a claim is written after it, in the same log.
LATER = "set local synchronous_commit to off"
GIVE_BACK = "update shop_lease set lease_until = null where shop_id = any(%(shops)s) and lease_until > now()"
RELEASE = "update shop_lease set lease_until = null, served_at = clock_timestamp() where shop_id = %(shop)s"


def is_due(now: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    """Return what makes a row due: its time has come, or its worker died with the claim."""
    return and_(
        FollowUp.due_at <= now,
        or_(
            FollowUp.state == FollowUpState.SCHEDULED,
            and_(FollowUp.state == FollowUpState.CLAIMED, FollowUp.lease_until < func.now()),
        ),
    )


def _taking(which: ColumnElement[bool], *first: Any) -> Question:
    due = (
        select(FollowUp.id)
        .where(FollowUp.shop_id == SHOP, is_due(bindparam("now", type_=DateTime(timezone=True))), which)
        .order_by(*first, FollowUp.due_at, FollowUp.id)
        .limit(bindparam("most", type_=BigInteger))
        .with_for_update(skip_locked=True)
    )
    # As an array, found once: what IN asks for may be found anew for each row, and more are taken than asked for.
    taken = any_(func.array(due.scalar_subquery(), type_=ARRAY(BigInteger)))
    return Question(
        update(FollowUp)
        .where(FollowUp.shop_id == SHOP, FollowUp.id == taken)
        .values(
            state=FollowUpState.CLAIMED,
            lease_until=func.now() + ROW_LEASE,
            fence=FollowUp.fence + 1,
            attempts=FollowUp.attempts + 1,
            failures=FollowUp.failures + 1,  # until it comes to something
        )
        .returning(FollowUp.id, FollowUp.fence, FollowUp.failures)
    )


# What took its worker along, or was beside a row that did, is tried alone: then only the one that does it suffers.
TAKE: Final = _taking(FollowUp.failures < SUSPECT)
TAKE_ONE: Final = _taking(FollowUp.failures >= SUSPECT, FollowUp.failures)


def _first_due(now: datetime) -> LateralFromClause:
    """Return the first due row of a shop, to be joined to the shop's lease.

    One step into an index for each shop, whatever is pending, done or due elsewhere: asked any other way, the database
    reads a large shop's whole past, or all that is due anywhere, to find the few rows it is asked for.
    """
    of_shop = select(FollowUp.id).where(FollowUp.shop_id == ShopLease.shop_id, is_due(now))
    return of_shop.order_by(FollowUp.due_at).limit(1).lateral()


def waiting(session: Session) -> bool:
    """Tell whether any shop has a due follow-up (asked with the system role)."""
    any_shop = select(ShopLease.shop_id).join(_first_due(business_now(session)), true()).limit(1)
    return session.scalar(any_shop) is not None


def lease_shops(runtime: Runtime) -> list[int]:
    """Lease shops with due rows, the least recently served first; return their ids."""
    with unit_of_work(runtime, role=SYSTEM) as session:
        epoch.note(session)  # before anything is decided: a restored database is not to be trusted with sending
        leases = due_shops(session, business_now(session))
        until = session.scalars(select(func.now() + SHOP_LEASE)).one()
        for lease in leases:
            lease.lease_until = until
    return [lease.shop_id for lease in leases]


def due_shops(session: Session, now: datetime) -> Sequence[ShopLease]:
    """Lock and return the free leases of shops with due rows (asked with the system role)."""
    free = is_free(ShopLease.lease_until)
    return session.scalars(
        select(ShopLease)
        .join(_first_due(now), true())
        .where(free)
        .order_by(ShopLease.served_at.nulls_first(), ShopLease.shop_id)
        .limit(SHOPS_AT_ONCE)
        .with_for_update(skip_locked=True, of=ShopLease),
    ).all()


def release_shop(runtime: Runtime, shop_id: int) -> None:
    """Give a shop's lease back: it was served now."""
    with unit_of_work(runtime, shop_id=shop_id) as session:
        one_trip(session, [(LATER, {}), (RELEASE, {"shop": shop_id})])


def give_back(runtime: Runtime, shops: Sequence[int]) -> None:
    """Give back leases that were not used: the shops keep their place in the queue."""
    with unit_of_work(runtime, role=SYSTEM) as session:
        one_trip(session, [(LATER, {}), (GIVE_BACK, {"shops": list(shops)})])


def claim_batch(runtime: Runtime, shop_id: int, most: int = BATCH) -> dict[int, int]:
    """Claim at most so many due rows of one shop; return each row's new fence by its id.

    In a transaction of its own, so that a row that kills its worker is counted and waits for its lease.
    """
    with unit_of_work(runtime, shop_id=shop_id) as session:
        now = business_now(session)
        circuit.watch(session, now)
        taken = take(session, now, most)
    if taken:
        fault.point("K1")
    return taken


def take(session: Session, now: datetime, most: int = BATCH) -> dict[int, int]:
    """Claim at most so many of the entered shop's due rows; return each row's new fence by its id.

    A row nobody came to an end with is tried alone, once there are no others, and ends after ten times.
    """
    shop = entered_shop(session)
    _, rows = one_trip(session, [(LATER, {}), TAKE.asked(shop, {"now": now, "most": most})])
    if not rows:
        (rows,) = one_trip(session, [TAKE_ONE.asked(shop, {"now": now, "most": 1})])
    spent = [row_id for row_id, _, failures in rows if failures > MOST_FAILURES]
    for row_id in spent:
        log.error("follow_up_failed", follow_up=row_id, failures=MOST_FAILURES)
        finish(session.get_one(FollowUp, (shop, row_id)), Reason.FAILED, now)
    return {row_id: fence for row_id, fence, _ in rows if row_id not in spent}
