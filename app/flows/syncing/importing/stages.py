"""The stages of reading a past. A step commits what it read together with how far it came."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final, TypeVar

import structlog
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.flows.syncing.importing import beside_pass, details
from app.flows.syncing.importing.baseline import freeze
from app.flows.syncing.importing.begin import reach
from app.kit import fault
from app.kit.clock import business_now, real_now
from app.kit.runtime import Runtime
from app.kit.work import unit_of_work
from app.orders.fetch import client
from app.orders.imports import HistoryImport, ImportStage, ImportState
from app.orders.record.past import keep_lines, keep_orders
from app.shopify.asking import bulk
from app.shopify.asking.admin_faults import AccessDenied, AdminFault, UserErrors
from app.shopify.asking.bulk import BulkStatus
from app.shopify.payloads import PayloadError, bulk_lines
from app.shops.data_access import is_open

BATCH: Final = 200  # lines a transaction
FIRST_LOOK: Final = timedelta(seconds=2)
NEXT_LOOK: Final = timedelta(seconds=5)
BUSY: Final = timedelta(minutes=5)  # other operations of ours take all the places
UNDER_WAY: Final = {BulkStatus.CREATED, BulkStatus.RUNNING, BulkStatus.CANCELING}

Parsed = TypeVar("Parsed")

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Place:
    """Say where a reading is: who finds the row elsewhere has been overtaken, and keeps nothing of what they read."""

    stage: ImportStage
    url: str
    position: int

    def holds(self, row: HistoryImport) -> bool:
        """Tell whether the row is still there."""
        return (row.stage, row.url, row.position) == (self.stage, self.url, self.position)


def step(runtime: Runtime, shop_id: int, ends_at: float, lease: timedelta) -> bool:
    """Take one shop's next step; return whether another may follow at once. Raises AdminFault, PayloadError."""
    with unit_of_work(runtime, shop_id=shop_id, committed="H2") as session:
        row = _mine(session, shop_id)
        if row is None or row.state is not ImportState.RUNNING or row.next_at > business_now(session):
            return False
        row.lease_until = session.scalar(select(func.now() + lease))
        if row.stage is ImportStage.ASK:
            return _ask(session, row)
        if row.stage is ImportStage.DETAILS:
            return details.page(session, row)
        if row.stage is ImportStage.WAIT or row.url is None:
            return _look(session, row)
        place = Place(row.stage, row.url, row.position)
    return _stream(runtime, shop_id, place, ends_at, lease)


def _mine(session: Session, shop_id: int) -> HistoryImport | None:
    return session.scalars(
        select(HistoryImport).where(HistoryImport.shop_id == shop_id).with_for_update()
    ).one_or_none()


def _ask(session: Session, row: HistoryImport) -> bool:
    """Begin an operation; where too many are under way, come back later."""
    if not is_open(session):
        raise AccessDenied("bulk_orders", unapproved=True)
    now = business_now(session)
    row.since, until = reach(now, is_whole=row.is_whole), beside_pass.known_since(session, now)
    if until is None and beside_pass.waits(session, row, now):
        row.next_at = now + beside_pass.LOOK
        return False
    row.orders_read = beside_pass.known_orders(session, until) if until is not None else 0
    left = bulk.count_orders(client(session), row.since, until) if until is None or until > row.since else 0
    row.orders_total = row.orders_read + left
    if until is not None and not left:
        return _all_read(session, row)
    try:
        row.operation = bulk.run_orders(client(session), row.since, until)
        fault.point("H1")
    except UserErrors as refusal:
        if refusal.codes & {"LIMIT_REACHED", "OPERATION_IN_PROGRESS"}:
            row.next_at = now + BUSY
            return False
        raise
    row.stage, row.position, row.url, row.next_at = ImportStage.WAIT, 0, None, now + FIRST_LOOK
    row.last_fault = None
    return False


def _look(session: Session, row: HistoryImport) -> bool:
    """Look how far Shopify is; begin anew what failed or is gone."""
    told = bulk.look(client(session), row.operation or 0)
    now = business_now(session)
    if told is not None and told.status in UNDER_WAY:
        row.next_at = now + NEXT_LOOK
        return False
    if told is None or told.status is not BulkStatus.COMPLETED:
        if told is not None and told.error == "ACCESS_DENIED":
            raise AccessDenied("bulk_orders")
        row.stage, row.position, row.operation, row.next_at = ImportStage.ASK, 0, None, now + BUSY
        row.last_fault = "BulkOperationEnded"
        return False
    row.last_fault = None
    if told.url is None:
        return _all_read(session, row)
    row.url = told.url
    row.stage = ImportStage.ORDERS if row.stage is ImportStage.WAIT else row.stage
    return True


def _stream(runtime: Runtime, shop_id: int, place: Place, ends_at: float, lease: timedelta) -> bool:
    """Keep the lines of one stage batch by batch, each with the place it ends at; True when all are kept."""
    stage = place.stage
    keep = _keep_orders if stage is ImportStage.ORDERS else _keep_lines
    lines = bulk.lines(runtime.parts["files"], place.url, place.position)
    wanted = (pair for pair in lines if bulk_lines.is_child(pair[0]) is (stage is ImportStage.LINES))
    for batch in _batches(wanted):
        with unit_of_work(runtime, shop_id=shop_id, committed="H4") as session:
            row = _mine(session, shop_id)
            if row is None or not place.holds(row):
                return False  # begun anew meanwhile, or read on by another while this process stood still
            row.unusable += keep(session, row, [raw for raw, _ in batch])
            row.position, row.last_fault = batch[-1][1], None
            place = replace(place, position=row.position)
            row.lease_until = session.scalar(select(func.now() + lease))
            fault.point("H3")
        if time.monotonic() >= ends_at:
            return True
    with unit_of_work(runtime, shop_id=shop_id) as session:
        row = _mine(session, shop_id)
        if row is None or not place.holds(row):
            return False
        if stage is ImportStage.ORDERS:
            row.stage, row.position = ImportStage.LINES, 0
            return True
        return _all_read(session, row)


def _batches(pairs: Iterator[tuple[bytes, int]]) -> Iterator[list[tuple[bytes, int]]]:
    """Yield lines by the batch; where the line breaks, what came before it first."""
    batch: list[tuple[bytes, int]] = []
    try:
        for pair in pairs:
            batch.append(pair)
            if len(batch) >= BATCH:
                yield batch
                batch = []
    except AdminFault:
        if batch:
            yield batch
        raise
    if batch:
        yield batch


def _keep_orders(session: Session, row: HistoryImport, raws: list[bytes]) -> int:
    """Keep the orders of some lines; return how many lines say nothing we can use."""
    facts, bad = _parsed(raws, bulk_lines.order)
    keep_orders(session, facts, business_now(session), real_now())
    row.orders_read += len(raws)
    return bad


def _keep_lines(session: Session, row: HistoryImport, raws: list[bytes]) -> int:
    pairs, bad = _parsed(raws, bulk_lines.order_line)
    keep_lines(session, pairs)
    row.lines_read += len(raws)
    return bad


def _parsed(raws: list[bytes], read: Callable[[bytes], Parsed]) -> tuple[list[Parsed], int]:
    """Return what could be read: one odd order must not hold up the others."""
    found: list[Parsed] = []
    for raw in raws:
        try:
            found.append(read(raw))
        except PayloadError as fault:
            log.warning("history_line_unusable", fault=str(fault))
    return found, len(raws) - len(found)


def _all_read(session: Session, row: HistoryImport) -> bool:
    """Orders and lines are all here: freeze what they show, go on to what pages alone can tell."""
    now = business_now(session)
    row.read_at, row.url, row.stage, row.next_at = now, None, ImportStage.DETAILS, now
    row.detail_id, row.details_read, row.details_total = 0, 0, details.count(session)
    freeze(session, row, now)
    return True
