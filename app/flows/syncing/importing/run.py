"""Read the past of due shops, a step a transaction: stopped anywhere, the next one goes on where it was."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any, Final

import structlog
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.flows.syncing.importing import stages
from app.kit.clock import business_now
from app.kit.queue import BULK
from app.kit.runtime import Runtime
from app.kit.work import entered_shop, ring_after_commit, unit_of_work
from app.orders.imports import HistoryImport, ImportStage, ImportState
from app.shopify.asking.admin_faults import AccessDenied, AdminFault, TokenRefused
from app.shopify.asking.bulk import AddressExpired
from app.shopify.entry.token_pair import TokenFault
from app.shopify.payloads import PayloadError
from app.shopify.webhooks.apply import Delivery
from app.shops.access import lose_access
from app.shops.whose_turn import claim, due

LEASE: Final = timedelta(minutes=3)
RUN_S: Final = 20.0
AFTER_FAULT: Final = timedelta(minutes=2)
AFTER_REFUSAL: Final = timedelta(days=1)
RUNNING: Final = HistoryImport.state == ImportState.RUNNING

log = structlog.get_logger()


def bulk_finished(session: Session, delivery: Delivery) -> None:
    """Apply bulk_operations/finish: look now instead of at the next look."""
    session.execute(
        update(HistoryImport)
        .where(HistoryImport.shop_id == entered_shop(session), HistoryImport.stage == ImportStage.WAIT)
        .where(RUNNING)
        .values(next_at=business_now(session))
    )
    ring_after_commit(session, BULK)


def waiting(session: Session) -> bool:
    """Tell whether any shop's reading is due (asked with the system role)."""
    return session.scalar(select(HistoryImport.id).where(due(session, HistoryImport), RUNNING).limit(1)) is not None


def run_due(runtime: Runtime) -> int:
    """Serve due shops in turn for RUN_S; return how many steps were taken."""
    ends_at, steps = time.monotonic() + RUN_S, 0
    while time.monotonic() < ends_at and (shop_id := claim(runtime, HistoryImport, LEASE, RUNNING)) is not None:
        steps += read_on(runtime, shop_id, ends_at)
    return steps


def read_on(runtime: Runtime, shop_id: int, ends_at: float) -> int:
    """Take one shop's steps until it has to wait or the time is up (monotonic seconds); return how many."""
    steps = 0
    try:
        while stages.step(runtime, shop_id, ends_at, LEASE):
            steps += 1
            if time.monotonic() >= ends_at:
                break
        _give_back(runtime, shop_id)
    except AddressExpired:
        _again(runtime, shop_id, wait=timedelta(), fault=None, url=None)
    except (AdminFault, TokenFault, PayloadError) as problem:
        if isinstance(problem, TokenRefused):
            lose_access(runtime, shop_id)
        log.warning("history_interrupted", shop_id=shop_id, fault=type(problem).__name__)
        refused = isinstance(problem, AccessDenied)
        _again(runtime, shop_id, wait=AFTER_REFUSAL if refused else AFTER_FAULT, fault=type(problem).__name__)
    return steps


def _give_back(runtime: Runtime, shop_id: int) -> None:
    with unit_of_work(runtime, shop_id=shop_id) as session:
        session.execute(update(HistoryImport).where(HistoryImport.shop_id == shop_id).values(lease_until=None))


def _again(runtime: Runtime, shop_id: int, *, wait: timedelta, fault: str | None, **values: Any) -> None:
    """Put the next look off; what was read stays read."""
    with unit_of_work(runtime, shop_id=shop_id) as session:
        session.execute(
            update(HistoryImport)
            .where(HistoryImport.shop_id == shop_id)
            .values(next_at=business_now(session) + wait, lease_until=None, last_fault=fault, **values)
        )
