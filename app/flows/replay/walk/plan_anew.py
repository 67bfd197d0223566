"""Plan the runs of an order anew by what a replay knows at an instant."""

from __future__ import annotations

from datetime import datetime

from app.flows.facts.gather_items import ORDER_LINE
from app.flows.facts.standing.standing import started_at
from app.flows.language.flow import FlowDocument
from app.flows.language.steps import Step
from app.flows.models import Enrollment, FollowUpState
from app.flows.planning.runs.follow import note_way, row_facts
from app.flows.planning.schedule import beside, moments, move, new_row, row_seed
from app.flows.replay.agenda import Rank
from app.flows.replay.facts_then import zone_then
from app.flows.replay.history.rows import follow_up_row
from app.flows.replay.history.then import OrderThen
from app.flows.replay.runs_then import is_over, may_speak, parcel_then
from app.flows.replay.saying import Saying
from app.flows.replay.standing_then import standing_then
from app.flows.replay.walk.state import State
from app.flows.runs.advance import Advanced, Reached, advance
from app.flows.runs.path import read_path, still_there
from app.flows.timing.calendar import Calendar
from app.flows.timing.plan import Moments, plan
from app.flows.timing.recipient_zone import RecipientZone
from app.orders.parcels import Fulfillment


def replan(state: State, then: OrderThen, now: datetime) -> None:
    """Plan what the runs of an order come to, and move what is planned already."""
    order, places = then.order, state.past.settings_then(now).places
    runs = [run for run in state.runs[order.id] if run.ended_at is None]
    zone = zone_then(places, then)
    for run in runs:
        if run.id in state.over:
            continue
        document, rows = state.flows[run.flow_id].document(run.version), state.rows[run.id]
        parcel = parcel_then(run, then)
        told = _come_to(state, run, document, then, parcel, now)
        others = beside(run, runs, then.parcels)
        known: dict[datetime, Moments] = {}
        for step, since in ((reached.step, reached.since) for reached in told.reached):
            row = rows.get(step.key)
            if row is not None and row.state in {FollowUpState.DONE, FollowUpState.CLAIMED}:
                continue
            if since not in known:
                known[since] = moments(order, parcel, others, run=run, previous_at=since)
            by = (known[since], zone, places.to_plan(order, step, now))
            if state.planned.get((run.id, step.key)) == by:
                continue  # by the same facts it stays where it is, or unplanned
            state.planned[run.id, step.key] = by
            _plan(state, then, run, step, by, now)
        note_way(run, rows, told, now)
        if run.look_at is not None and run.ended_at is None:
            state.agenda.turn(Rank.LOOK, run.look_at, now, run)
        elif told.through and is_over(run, rows, told):
            state.over.add(run.id)


def _plan(
    state: State,
    then: OrderThen,
    run: Enrollment,
    step: Step,
    by: tuple[Moments, RecipientZone, Calendar],
    now: datetime,
) -> None:
    known, zone, calendar = by
    planned = plan(step, known, zone, seed=row_seed(run, step.key), now=now, calendar=calendar)
    if planned is None:
        return
    rows = state.rows[run.id]
    row = rows.get(step.key)
    if row is None:
        row = rows[step.key] = new_row(run, step.key, planned, follow_up_row)
        row.id = state.new_id()
        saying = Saying.of(row, run, state.flows[run.flow_id], then, state.pasts[then.order.id])
        state.sayings[then.order.id].append(saying)
        state.saying[row.id] = saying
    else:
        move(row, planned)
    state.due(row, now)


def _come_to(
    state: State, run: Enrollment, document: FlowDocument, then: OrderThen, parcel: Fulfillment | None, now: datetime
) -> Advanced:
    order, rows, need = then.order, state.rows[run.id], state.flows[run.flow_id].needs[run.version]
    began = started_at(run, order, parcel)
    if run.subject_kind == ORDER_LINE:
        speaks = may_speak(run, document, state.sayings[order.id], state.items)
        return Advanced(tuple(Reached(step, began) for step in document.sends if step.key in speaks), (), through=True)
    standing = standing_then(state.scene(then, now), run, parcel, need, row_facts(rows))
    path = still_there(read_path(run.path), document) if run.path else ()
    return advance(document, path, standing, now)
