"""Let held messages go on: what waited is sent, left out or moved, as the merchant chose."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from app.flows.models import Did, Enrollment, FollowUp, FollowUpState
from app.flows.planning.by_hand.deeds import keep_deeds
from app.flows.planning.record_decision import finish
from app.flows.rules.reasons import Reason
from app.kit.queue import SENDS
from app.kit.work import entered_shop, ring_after_commit

BY_CHOICE: Final = {Reason.SKIPPED_BY_MERCHANT: Did.SKIPPED, Reason.DROPPED_ON_RESUME: Did.DROPPED}
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


def release_flow(session: Session, flow_id: int, choice: OnResume, now: datetime, *, by: str) -> Released:
    """Carry out the choice for what one flow held because it was switched off."""
    runs = select(Enrollment.id).where(Enrollment.shop_id == entered_shop(session), Enrollment.flow_id == flow_id)
    return release(session, (Reason.FLOW_PAUSED,), choice, now, which=FollowUp.enrollment_id.in_(runs), by=by)


def release(
    session: Session,
    reasons: Collection[Reason],
    choice: OnResume,
    now: datetime,
    *,
    which: ColumnElement[bool] | None = None,
    since: datetime | None = None,
    overdue: bool = False,
    by: str | None = None,
) -> Released:
    """Carry out the choice for rows held for one of `reasons`; `which` narrows it to some.

    `overdue` takes in what fell due and nobody looked at meanwhile. `since` is when the pause began, for SHIFT. `by` is
    who chose, kept with each message the choice left out; None where nobody did.
    """
    waiting = and_(FollowUp.state == FollowUpState.HELD, FollowUp.reason.in_(reasons))
    if overdue:
        waiting = or_(waiting, and_(FollowUp.state == FollowUpState.SCHEDULED, FollowUp.due_at < now))
    query = select(FollowUp).where(FollowUp.shop_id == entered_shop(session), waiting)
    if which is not None:
        query = query.where(which)
    rows = session.scalars(
        query.order_by(FollowUp.id).with_for_update().execution_options(populate_existing=True)
    ).all()
    ended: dict[Reason, list[int]] = defaultdict(list)
    for row in rows:
        reason = _left_out(row, choice, now)
        if reason is not None:
            finish(row, reason, now)
            ended[reason].append(row.id)
        else:
            row.state, row.reason, row.lease_until = FollowUpState.SCHEDULED, None, None
    session.flush()
    if by is not None:
        for reason, kind in BY_CHOICE.items():
            keep_deeds(session, ended[reason], kind, now, by=by)
    left_out = sum(map(len, ended.values()))
    released = len(rows) - left_out
    if choice is OnResume.SHIFT:
        return Released(
            left_out=left_out, shifted=_shift(session, {row.enrollment_id for row in rows}, since or now, now)
        )
    if released:
        ring_after_commit(session, SENDS)
    return Released(released, left_out)


def _left_out(row: FollowUp, choice: OnResume, now: datetime) -> Reason | None:
    """Return why a row that waited is left out; None for one that goes on."""
    if row.expires_at <= now and choice is not OnResume.SHIFT:
        return Reason.STALE
    if choice is OnResume.SKIP:
        return Reason.SKIPPED_BY_MERCHANT
    return Reason.DROPPED_ON_RESUME if choice is OnResume.DROP_LATE and row.due_at < now - LATE else None


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
