"""Put right what a dead worker left: what was handed off without an answer becomes unknown, and is never resent."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.flows.models import FollowUp, FollowUpState
from app.flows.planning.record_decision import finish
from app.flows.rules.reasons import Reason
from app.kit.clock import business_now
from app.kit.engines import SYSTEM
from app.kit.runtime import Runtime
from app.kit.work import unit_of_work
from app.messages.models import Attempt, AttemptState, Message, MessageState

NO_ANSWER_AFTER = timedelta(seconds=180)  # longer than the sender's own deadline for the answer to a final dot


def sweep(runtime: Runtime) -> None:
    """Mark unanswered hand-offs unknown, and end held rows whose time is over."""
    with unit_of_work(runtime, role=SYSTEM) as session:
        mark_unknown(session)
        end_held(session)


def mark_unknown(session: Session) -> None:
    """Turn attempts whose worker never came back from the hand-over into `unknown`."""
    stale = session.execute(
        update(Attempt)
        .where(Attempt.state == AttemptState.HANDOFF, Attempt.handoff_at < func.now() - NO_ANSWER_AFTER)
        .values(state=AttemptState.UNKNOWN, reply="The sender stopped between the hand-over and the answer.")
        .returning(Attempt.shop_id, Attempt.message_id),
    ).all()
    for row in stale:
        session.execute(
            update(Message)
            .where(Message.shop_id == row.shop_id, Message.id == row.message_id, Message.state == MessageState.SENDING)
            .values(state=MessageState.UNKNOWN),
        )


def end_held(session: Session) -> None:
    """End held rows past their age: a later resume must not bring back old news."""
    now = business_now(session)
    rows = session.scalars(
        select(FollowUp)
        .where(FollowUp.state == FollowUpState.HELD, FollowUp.expires_at <= now)
        .with_for_update(skip_locked=True)
    )
    for row in rows:
        finish(row, Reason.STALE, now)
