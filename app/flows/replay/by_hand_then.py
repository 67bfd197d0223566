"""Do in a replay what somebody pressed about one message: to its row there, where there is still something to do."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Mapping
from datetime import datetime

from app.flows.facts.gather_items import ORDER_LINE
from app.flows.models import Did, FollowUp, FollowUpState
from app.flows.planning.by_hand.again import COME_BACK, once_more
from app.flows.planning.changed.replanned import PENDING
from app.flows.planning.record_decision import finish
from app.flows.replay.history.by_hand import ByHand
from app.flows.replay.saying import Saying
from app.flows.rules.reasons import Reason

LEFT_OUT = {Did.SKIPPED: Reason.SKIPPED_BY_MERCHANT, Did.DROPPED: Reason.DROPPED_ON_RESUME}


def do_by_hand(deed: ByHand, sayings: Iterable[Saying], said: Container[int], now: datetime) -> Saying | None:
    """Carry out a deed on one order's messages; return the one that is planned once more, None where none is.

    `said` are the rows that have spoken.

    A press finds nothing to do where the replay has come to another end than the shop had. What was left as it is stays
    so: whether it arrived was not known, and a replay takes it to have left.
    """
    found = next((each for each in sayings if _is_about(deed, each)), None)
    if found is None:
        return None
    row = found.row
    if deed.did in LEFT_OUT:
        if row.state in PENDING:
            finish(row, LEFT_OUT[deed.did], now)
        return None
    if not _comes_back(row, deed.did, was_said=row.id in said):
        return None
    for name, value in once_more(row, found.step.max_age, now).items():
        setattr(row, name, value)
    return found


def lines_of(row: FollowUp, lines: Collection[int], items: Mapping[tuple[str, int, str], int]) -> tuple[int, ...]:
    """Return the lines (our ids) a row's message is about: one sent again stays about all it named at first."""
    if row.again_at is None:
        return tuple(lines)
    before = {number for (kind, number, _), by in items.items() if kind == ORDER_LINE and by == row.id}
    return tuple(sorted({*lines, *before}))


def _comes_back(row: FollowUp, did: Did, *, was_said: bool) -> bool:
    if row.state is not FollowUpState.DONE or did is Did.LEFT:
        return False
    return was_said if did is Did.SENT_AGAIN else row.reason in COME_BACK and not was_said


def _is_about(deed: ByHand, one: Saying) -> bool:
    run = one.run
    return (deed.flow_id, deed.subject_kind, deed.subject_id, deed.occurrence, deed.step) == (
        run.flow_id,
        run.subject_kind,
        run.subject_id,
        run.occurrence,
        one.row.step,
    )
