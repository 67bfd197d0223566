"""Writes to Shopify as rows: one per natural key, the newest content wins, a lost reply is adopted, not repeated.

Every kind of call must be idempotent by its own key at Shopify (a metaobject's handle, a metafield's key), so that
running a row again after a lost reply leads to the same state.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.kit import fault
from app.kit.engines import SYSTEM
from app.kit.leases import is_free
from app.kit.queue import BULK
from app.kit.runtime import Runtime
from app.kit.work import entered_shop, ring_after_commit, unit_of_work
from app.shopify.asking.admin import AdminClient
from app.shopify.asking.admin_faults import AccessDenied, AdminFault, Rejected, TokenRefused, UserErrors
from app.shopify.entry.token_pair import TokenFault
from app.shopify.models import CallState, OutgoingCall
from app.shopify.payloads import PayloadError

LEASE = timedelta(seconds=90)
FIRST_RETRY = timedelta(seconds=10)
LAST_RETRY = timedelta(hours=1)
MAX_ATTEMPTS = 20  # with the last retries an hour apart this is most of a day
RUN_S = 20.0  # a job ends well before its time limit; the ticker rings again while calls are due

Runner = Callable[[Session, AdminClient, dict[str, Any]], None]

log = structlog.get_logger()


class NotNow(Exception):
    """Say why a call can never work as things stand; it waits for the next request of its key."""


def request(session: Session, natural_key: str, kind: str, payload: dict[str, Any]) -> None:
    """Ask for a call; one that waits or runs already is raised to a new revision instead of doubled."""
    values = {
        "shop_id": entered_shop(session),
        "natural_key": natural_key,
        "kind": kind,
        "payload": payload,
        "revision": 1,
        "done_revision": 0,
        "state": CallState.PENDING,
        "attempts": 0,
        "next_at": func.now(),
    }
    again = {
        "payload": payload,
        "revision": OutgoingCall.revision + 1,
        "state": CallState.PENDING,
        "attempts": 0,
        "next_at": func.now(),
        "reason": None,
    }
    session.execute(
        insert(OutgoingCall)
        .values(values)
        .on_conflict_do_update(index_elements=["shop_id", "natural_key"], set_=again),
    )
    ring_after_commit(session, BULK)


def waiting(session: Session) -> bool:
    """Tell whether any call is due (asked with the system role)."""
    return session.scalar(select(OutgoingCall.id).where(_due()).limit(1)) is not None


def run_due(runtime: Runtime) -> int:
    """Run due calls, one after the other, for RUN_S at most; return how many were tried."""
    tried = 0
    ends = time.monotonic() + RUN_S
    while time.monotonic() < ends and (claimed := _claim(runtime)) is not None:
        _run(runtime, *claimed)
        tried += 1
    return tried


def _due() -> ColumnElement[bool]:
    free = is_free(OutgoingCall.lease_until)
    return (OutgoingCall.state == CallState.PENDING) & (OutgoingCall.next_at <= func.now()) & free


def _claim(runtime: Runtime) -> tuple[int, int, int] | None:
    """Lease the call longest due, or give up one tried too often; return its shop, its id and the revision to do."""
    with unit_of_work(runtime, role=SYSTEM) as session:
        call = session.scalars(
            select(OutgoingCall).where(_due()).order_by(OutgoingCall.next_at).limit(1).with_for_update(skip_locked=True)
        ).one_or_none()
        if call is None:
            return None
        if call.attempts >= MAX_ATTEMPTS:  # those that raised were given up before: nobody came back from the last one
            call.state, call.lease_until = CallState.FAILED, None
            call.reason = f"whoever made it died, {MAX_ATTEMPTS} times"
            return None
        call.lease_until = session.scalar(select(func.now() + LEASE))
        call.attempts += 1
        claimed = call.shop_id, call.id, call.revision
    fault.point("O1")
    return claimed


def _run(runtime: Runtime, shop_id: int, call_id: int, revision: int) -> None:
    runners: Mapping[str, Runner] = runtime.parts["callers"]
    problem: Exception | None = None
    try:
        with unit_of_work(runtime, shop_id=shop_id) as session:
            call = session.get_one(OutgoingCall, (shop_id, call_id))
            client: AdminClient = runtime.parts["admin"](session, shop_id)
            runners[call.kind](session, client, dict(call.payload))
            fault.point("O3")
    except (AdminFault, TokenFault, PayloadError, NotNow) as told:
        problem = told
        log.warning("call_failed", call_id=call_id, fault=type(told).__name__)
    except Exception as failure:
        problem = failure
        log.error("call_failed", call_id=call_id, exc_info=failure)
    if isinstance(problem, TokenRefused):
        runtime.parts["access_lost"](runtime, shop_id)
    with unit_of_work(runtime, shop_id=shop_id, committed="O4") as session:
        call = session.get_one(OutgoingCall, (shop_id, call_id), with_for_update=True)
        call.lease_until = None
        if problem is None:
            call.done_revision, call.reason = revision, None
        if call.revision != revision or (problem is not None and call.done_revision == revision):
            return  # asked for anew meanwhile and due at once; or done by another while this process stood still
        if problem is None:
            call.state = CallState.DONE
        else:
            _put_off(session, call, problem)


def _put_off(session: Session, call: OutgoingCall, problem: Exception) -> None:
    """Try again later, or stop where trying again cannot help."""
    call.reason = f"{type(problem).__name__}: {problem}" if isinstance(problem, NotNow) else type(problem).__name__
    if isinstance(problem, (NotNow, UserErrors, AccessDenied, Rejected)) or call.attempts >= MAX_ATTEMPTS:
        call.state = CallState.FAILED
        return
    wait = min(FIRST_RETRY * 2 ** (call.attempts - 1), LAST_RETRY)
    call.next_at = session.scalar(select(func.now() + wait)) or call.next_at
