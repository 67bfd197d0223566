"""Let held messages go on: what waited is sent, left out or moved, as the merchant chose."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from app.flows.models import Enrollment, FollowUp, FollowUpState
from app.flows.planning.record_decision import finish
from app.flows.rules.reasons import Reason
from app.kit.queue import SENDS
from app.kit.work import entered_shop, ring_after_commit

LATE = timedelta(hours=24)  # what is later than this reads as a mistake, not as a message


class OnResume(StrEnum):
    """Say what becomes of messages whose time passed while sending was off."""

    DROP_LATE = "drop_late"  # those over a day late are left out, the others go
    SHIFT = "shift"  # whatever a run has left moves by the length of the pause
    SEND = "send"
    SKIP = "skip"  # none of them goes


@dataclass(frozen=True, slots=True)
class Released:
    """Count what a release did. `released` goes out at the next allowed hour of each person's day."""

    released: int = 0
    left_out: int = 0
    shifted: int = 0


def release_flow(session: Session, flow_id: int, choice: OnResume, now: datetime) -> Released:
    """Carry out the choice for what one flow held because it was switched off."""
    return release(session, (Reason.FLOW_PAUSED,), choice, now, flow_id=flow_id)


def release(
    session: Session,
    reasons: Collection[Reason],
    choice: OnResume,
    now: datetime,
    *,
    step: str | None = None,
    flow_id: int | None = None,
    since: datetime | None = None,
    overdue: bool = False,
) -> Released:
    """Carry out the choice for rows held for one of `reasons`; `step` and `flow_id` narrow it to one.

    `overdue` takes in what fell due and nobody looked at meanwhile. `since` is when the pause began, for SHIFT.
    """
    waiting = and_(FollowUp.state == FollowUpState.HELD, FollowUp.reason.in_(reasons))
    if overdue:
        waiting = or_(waiting, and_(FollowUp.state == FollowUpState.SCHEDULED, FollowUp.due_at < now))
    query = select(FollowUp).where(FollowUp.shop_id == entered_shop(session), waiting)
    if step is not None:
        query = query.where(FollowUp.step == step)
    if flow_id is not None:
        runs = select(Enrollment.id).where(Enrollment.shop_id == entered_shop(session), Enrollment.flow_id == flow_id)
        query = query.where(FollowUp.enrollment_id.in_(runs))
    rows = session.scalars(
        query.order_by(FollowUp.id).with_for_update().execution_options(populate_existing=True)
    ).all()
    left_out = released = 0
    for row in rows:
        if row.expires_at <= now and choice is not OnResume.SHIFT:
            finish(row, Reason.STALE, now)
            left_out += 1
        elif choice is OnResume.SKIP:
            finish(row, Reason.SKIPPED_BY_MERCHANT, now)
            left_out += 1
        elif choice is OnResume.DROP_LATE and row.due_at < now - LATE:
            finish(row, Reason.DROPPED_ON_RESUME, now)
            left_out += 1
        else:
            row.state, row.reason, row.lease_until = FollowUpState.SCHEDULED, None, None
            released += 1
    session.flush()
    if choice is OnResume.SHIFT:
        return Released(
            left_out=left_out, shifted=_shift(session, {row.enrollment_id for row in rows}, since or now, now)
        )
    if released:
        ring_after_commit(session, SENDS)
    return Released(released, left_out)


def _shift(session: Session, runs: Collection[int], since: datetime, now: datetime) -> int:
    """Move every unsent row of these runs by as long as the pause held the run, so that their order stays."""
    rows = session.execute(
        select(FollowUp, Enrollment.entered_at)
        .join(Enrollment, (Enrollment.shop_id == FollowUp.shop_id) & (Enrollment.id == FollowUp.enrollment_id))
        .where(FollowUp.shop_id == entered_shop(session), FollowUp.enrollment_id.in_(runs))
        .where(FollowUp.state == FollowUpState.SCHEDULED)
        .order_by(FollowUp.id)
        .with_for_update(of=FollowUp)
    ).all()
    for row, entered_at in rows:
        length = now - max(since, entered_at)
        row.due_at, row.expires_at = row.due_at + length, row.expires_at + length
        row.postponed_until = row.due_at  # a plan made anew does not bring it back to before the pause
    session.flush()
    return len(rows)
