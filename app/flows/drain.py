"""Send what is due: shop by shop, batch by batch, each message decided at the last moment."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.channels.base import PhasedTransport
from app.flows.claim import claim_batch, lease_shops, release_shop
from app.flows.decision import Limits, Send, TemplateFacts
from app.flows.gather import Gathered, gather
from app.flows.guard import decide
from app.flows.models import FollowUp, FollowUpState
from app.flows.reasons import Reason
from app.flows.record_decision import finish, record
from app.flows.steer import STEERING
from app.flows.write import AlreadySaid, write
from app.kit import fault
from app.kit.clock import business_now
from app.kit.runtime import Runtime
from app.kit.work import entered_shop, unit_of_work
from app.messages.fill import RenderError
from app.messages.mime import MimeError
from app.messages.outbox import Prepared, send_group

CONNECTIONS = 8  # bodies brought to their final dot before one transaction hands them all off
AFTER_FAILURE = timedelta(minutes=15)
MAX_FAILURES = 5
LONGEST_S = 20.0  # a job ends by then; the next ring goes on

log = structlog.get_logger()


def drain(runtime: Runtime) -> int:
    """Serve every shop with due follow-ups; return how many rows were taken. Ends when a round claims nothing."""
    ends_at = time.monotonic() + LONGEST_S
    taken = 0
    connections: list[PhasedTransport] = [runtime.parts["transport"]() for _ in range(CONNECTIONS)]
    try:
        while time.monotonic() < ends_at:
            shops = lease_shops(runtime)
            if shops:
                fault.point("C1")
            served = 0
            for shop_id in shops:
                served += _serve(runtime, shop_id, connections, ends_at)
            taken += served
            if not served:
                break
    finally:
        for connection in connections:
            connection.close()
    return taken


def _serve(runtime: Runtime, shop_id: int, connections: list[PhasedTransport], ends_at: float) -> int:
    taken = 0
    try:
        while time.monotonic() < ends_at:
            claimed = claim_batch(runtime, shop_id)
            if not claimed:
                break
            taken += len(claimed)
            prepared = _decide(runtime, shop_id, claimed)
            for start in range(0, len(prepared), CONNECTIONS):
                send_group(runtime, shop_id, prepared[start : start + CONNECTIONS], connections, STEERING)
                fault.point("C2")
    finally:
        release_shop(runtime, shop_id)
    return taken


def _decide(runtime: Runtime, shop_id: int, claimed: Mapping[int, int]) -> list[Prepared]:
    """Decide about claimed rows and write those that go, in one transaction: K2 rendered, K3 committed."""
    prepared: list[Prepared] = []
    with unit_of_work(runtime, shop_id=shop_id, committed="K3") as session:
        _still_ours(session, claimed)
        for one in gather(session, list(claimed)):
            if one.follow_up.fence != claimed[one.follow_up.id] or one.follow_up.state is not FollowUpState.CLAIMED:
                continue
            written = _one(session, runtime, one)
            if written is not None:
                prepared.append(written)
        if prepared:
            fault.point("K2")
    return prepared


def _still_ours(session: Session, claimed: Mapping[int, int]) -> None:
    """Lock the rows, so that whoever plans anew waits until we have decided."""
    session.execute(
        select(FollowUp.id)
        .where(FollowUp.shop_id == entered_shop(session), FollowUp.id.in_(claimed))
        .order_by(FollowUp.id)
        .with_for_update()
    ).all()


def _one(session: Session, runtime: Runtime, one: Gathered) -> Prepared | None:
    """Decide about one row. A failure nobody foresaw pushes this row ahead and leaves the others alone."""
    row, now = one.follow_up, business_now(session)
    try:
        with session.begin_nested():
            return _decide_one(session, runtime, one, now)
    except DBAPIError:
        raise  # the database is the trouble, not this row
    except Exception as failure:  # the edge of one row
        log.error("follow_up_failed", follow_up=row.id, step=row.step, exc_info=failure)
        if row.attempts >= MAX_FAILURES:
            finish(row, Reason.FAILED, now)
        else:
            row.state, row.due_at, row.lease_until = FollowUpState.SCHEDULED, now + AFTER_FAILURE, None
        return None


def _decide_one(session: Session, runtime: Runtime, one: Gathered, now: datetime) -> Prepared | None:
    row = one.follow_up
    verdict = decide(one.facts, Limits(), now)
    if isinstance(verdict, Send):
        try:
            with session.begin_nested():
                written = write(session, runtime.config, one, verdict, row.fence, now)
        except AlreadySaid:
            finish(row, Reason.ALREADY_SENT, now)
            return None
        except (RenderError, MimeError) as problem:
            log.warning("render_error", step=one.step.key, field=problem.field)
            facts = replace(one.facts, template=TemplateFacts(problem=str(problem)))
            record(session, row, facts, decide(facts, Limits(), now), now)
            return None
        record(session, row, one.facts, verdict, now)
        return written
    record(session, row, one.facts, verdict, now)
    return None
