"""Plan one message once more that has ended, because somebody at the shop says so: through the guard, not around it.

The only way back from an end, and a deed says who took it. What may have left goes again by a new attempt of the same
message, under the same name: a mail program that knows the first shows one. What a guard would leave out stays ended.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session

from app.flows.facts.gather import Gathered, gather, gather_runs
from app.flows.models import Did, FollowUp, FollowUpState
from app.flows.planning.by_hand.deeds import keep_deeds
from app.flows.rules.decision import Ruling, Skip
from app.flows.rules.guard import decide
from app.flows.rules.reasons import Reason
from app.flows.timing.limits import Limits
from app.kit.clock import business_now
from app.kit.errors import NotFound
from app.kit.queue import SENDS
from app.kit.work import entered_shop, ring_after_commit
from app.messages.models import Message, MessageState

# Ends that say nothing against the message: it ran out of time or luck, or somebody left it out.
COME_BACK: Final = frozenset(
    {Reason.STALE, Reason.DROPPED_ON_RESUME, Reason.SKIPPED_BY_MERCHANT, Reason.FAILED, Reason.RENDER_ERROR}
)


@dataclass(frozen=True, slots=True)
class Again:
    """What planning a message once more is, and what would be decided about it at this instant."""

    kind: Did
    one: Gathered
    verdict: Ruling

    @property
    def goes(self) -> bool:
        """Tell whether it is planned: it leaves, or waits for what passes."""
        return not isinstance(self.verdict, Skip)


def way_back(row: FollowUp, message: MessageState | None) -> Did | None:
    """Return what may be done about a message that has ended; None for one that has not, or whose end is final."""
    if row.state is not FollowUpState.DONE:
        return None
    if message is MessageState.UNKNOWN:
        return Did.SENT_AGAIN
    return Did.PLANNED_AGAIN if row.outcome == "skipped" and row.reason in COME_BACK else None


def has_way_back() -> ColumnElement[bool]:
    """Return `way_back` as a condition on rows of follow-ups."""
    may_have_left = exists().where(
        Message.shop_id == FollowUp.shop_id,
        Message.follow_up_id == FollowUp.id,
        Message.state == MessageState.UNKNOWN,
    )
    ended_unsent = and_(FollowUp.outcome == "skipped", FollowUp.reason.in_(COME_BACK))
    return and_(FollowUp.state == FollowUpState.DONE, or_(ended_unsent, may_have_left))


def foresee(session: Session, follow_up_id: int) -> Again | None:
    """Return what planning it once more would do; None where there is nothing to do. Changes nothing.

    Raises NotFound for an id this shop does not have.
    """
    return _foresee(session, _find(session, follow_up_id, lock=False), business_now(session))


def plan_again(session: Session, follow_up_id: int, *, by: str) -> Again | None:
    """Plan it once more, due now, and keep who wanted it; nothing changes where `goes` is false, or None is returned.

    Raises NotFound for an id this shop does not have. A second press finds it planned.
    """
    row, now = _find(session, follow_up_id, lock=True), business_now(session)
    found = _foresee(session, row, now)
    if found is not None and found.goes:
        for name, value in once_more(row, found.one.step.max_age, now).items():
            setattr(row, name, value)
        keep_deeds(session, [row.id], found.kind, now, by=by)
        session.flush()
        ring_after_commit(session, SENDS)
    return found


def leave(session: Session, follow_up_id: int, *, by: str) -> bool:
    """Keep that somebody has looked at what may have left and leaves it; False where there is nothing to decide.

    Raises NotFound for an id this shop does not have.
    """
    row = _find(session, follow_up_id, lock=True)
    if way_back(row, _state(session, row)) is not Did.SENT_AGAIN:
        return False
    keep_deeds(session, [row.id], Did.LEFT, business_now(session), by=by)
    return True


def _foresee(session: Session, row: FollowUp, now: datetime) -> Again | None:
    kind = way_back(row, _state(session, row))
    if kind is None:
        return None
    (one,) = gather(session, [row.id])
    columns = {column.key: getattr(row, column.key) for column in FollowUp.__table__.columns}
    supposed = FollowUp(**columns | once_more(row, one.step.max_age, now))
    (one,) = gather_runs(session, [(supposed, one.enrollment, one.order, one.flow)])
    return Again(kind, one, decide(one.facts, Limits(), now))


def once_more(row: FollowUp, max_age: timedelta, now: datetime) -> dict[str, Any]:
    """Return what planning a row once more changes of it: it is due now, and as young as it was when it was planned."""
    return {
        "state": FollowUpState.SCHEDULED,
        "outcome": None,
        "reason": None,
        "due_at": now,
        "expires_at": max(row.expires_at, now + max_age),
        "postponed_until": None,
        "provisional": False,
        "done_at": None,
        "attempts": 0,
        "failures": 0,
        "again_at": now,
    }


def _find(session: Session, follow_up_id: int, *, lock: bool) -> FollowUp:
    query = (
        select(FollowUp)
        .where(FollowUp.shop_id == entered_shop(session), FollowUp.id == follow_up_id)
        .execution_options(populate_existing=True)
    )
    row = session.scalars(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        raise NotFound
    return row


def _state(session: Session, row: FollowUp) -> MessageState | None:
    return session.scalar(select(Message.state).where(Message.shop_id == row.shop_id, Message.follow_up_id == row.id))
