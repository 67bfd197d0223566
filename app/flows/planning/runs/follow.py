"""Keep where a run has come to: the way it took, when it looks again, or why it ended."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from app.experiments import expose
from app.flows.facts.gather_items import ORDER_LINE
from app.flows.facts.standing.standing import Run
from app.flows.language.flow import Split, nodes
from app.flows.models import Enrollment, FollowUp, FollowUpState
from app.flows.planning.changed.after_return import may_plan
from app.flows.planning.record_decision import finish
from app.flows.rules.reasons import Reason
from app.flows.runs.advance import Advanced, Ended, Reached, Row, Standing, advance
from app.flows.runs.path import Taken, path_json, read_path, still_there

UNSENT: Final = (FollowUpState.SCHEDULED, FollowUpState.HELD)
REASONS: Final = {Ended.EXITED: Reason.EXITED, Ended.GOAL_REACHED: Reason.GOAL_REACHED}
AFTER_DUE: Final = timedelta(minutes=1)  # a message leaves within seconds of its time
OVERDUE: Final = timedelta(minutes=15)  # held, or waiting for something else: its row says for what
UNPLANNED: Final = timedelta(hours=6)  # its moment has not come, and what brings it tells us


def come_to(session: Session, one: Run, stands: Standing, now: datetime) -> Advanced:
    """Return how far a run has come. A single line's run says what its parcel has said already, and takes no way."""
    if one.enrollment.subject_kind != ORDER_LINE:
        return advance(one.document, still_there(read_path(one.enrollment.path), one.document), stands, now)
    speaks = may_plan(session, one.enrollment, one.document.sends)
    said = tuple(Reached(step, stands.started_at) for step in one.document.sends if step.key in speaks)
    return Advanced(said, (), through=True)


def row_facts(rows: Mapping[str, FollowUp]) -> dict[str, Row]:
    """Return what following a run has to know of its rows. One that somebody had planned again was done before that."""
    return {
        key: Row(row.due_at, (row.done_at or row.due_at) if row.state is FollowUpState.DONE else row.again_at)
        for key, row in rows.items()
    }


def keep_way(session: Session, one: Run, rows: Mapping[str, FollowUp], told: Advanced, now: datetime) -> None:
    """Write down how far a run has come. A run that ended leaves out what it had planned."""
    before = read_path(one.enrollment.path)
    if len(told.path) > len(before):
        _expose(session, one, told.path[len(before) :], now)
    note_way(one.enrollment, rows, told, now)


def note_way(run: Enrollment, rows: Mapping[str, FollowUp], told: Advanced, now: datetime) -> None:
    """Note on a run how far it has come, and leave out what it had planned where it ended."""
    if len(told.path) > len(run.path):
        run.path = path_json(told.path)
    if told.ended is not None:
        end_run(run, rows, told.ended, now)
        return
    if told.through:
        run.through_at, run.look_at = run.through_at or now, None
    else:
        run.through_at, run.look_at = None, told.look_at or _after(rows, told.waits_for, now)


def end_run(run: Enrollment, rows: Mapping[str, FollowUp], why: Ended, now: datetime) -> None:
    """End a run for good. What is leaving right now is decided by its own last look."""
    run.ended_at, run.ended_reason, run.look_at = now, why.value, None
    for row in rows.values():
        if row.state in UNSENT and row.message_id is None:
            finish(row, REASONS[why], now)


def _after(rows: Mapping[str, FollowUp], keys: tuple[str, ...], now: datetime) -> datetime:
    """Return when to see whether messages that are waited for have gone."""
    if any(key not in rows for key in keys):
        return now + UNPLANNED
    due = max(rows[key].due_at for key in keys) + AFTER_DUE
    return due if due > now else now + OVERDUE


def _expose(session: Session, one: Run, new: tuple[Taken, ...], now: datetime) -> None:
    """Record the arms a run was sent down, for people we know."""
    customer = one.order.customer_id
    splits = {node.key: node.experiment for node in nodes(one.document.steps) if isinstance(node, Split)}
    drawn = [(splits[each.key], each.way) for each in new if each.key in splits]
    if customer is None or not drawn:
        return
    running = expose.running(session, {experiment for experiment, _ in drawn})
    shown = [
        expose.Shown(running[experiment].id, customer, arm, None) for experiment, arm in drawn if experiment in running
    ]
    expose.expose(session, shown, now)
