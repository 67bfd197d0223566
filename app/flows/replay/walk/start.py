"""Start the runs of a replay: by what was told of an order, by the calendar, by what a return left with its buyer."""

from __future__ import annotations

from datetime import datetime

from app.flows.facts.gather_items import ORDER_LINE
from app.flows.language.conditions.judge import asked, judge
from app.flows.planning.enrol import admitted
from app.flows.replay.changes_then import let_go
from app.flows.replay.history.past import FlowPast
from app.flows.replay.history.then import OrderThen
from app.flows.replay.runs_then import filter_run, left_out, new_run, parcel_then
from app.flows.replay.standing_then import known_then
from app.flows.replay.walk.state import State
from app.flows.runs.triggers import Occasion, occasions
from app.orders.record.reversal import OPEN_STATES

About = tuple[str, int]  # kind of subject, our id of it


def enrol(state: State, then: OrderThen, now: datetime) -> None:
    """Start the runs an order begins by what is known of it."""
    order = then.order
    if order.deleted_at is not None:
        return
    story = then.story(state.pasts[order.id].reviews, now)
    if state.heard.get(order.id) == (story, state.past.turn(now)):
        return  # nothing has happened that a flow could start at
    state.heard[order.id] = story, state.past.turn(now)
    told = occasions(story)
    runs = {
        (run.flow_id, run.subject_kind, run.subject_id): run.ended_reason
        for run in state.runs[order.id]
        if run.subject_kind != ORDER_LINE
    }
    for flow in state.past.flows:
        if flow.flow.started_at is None or flow.flow.started_at > now:
            continue
        number, document = flow.at(now)
        for each in told:
            known = (flow.flow.id, each.subject, each.subject_id) in runs
            if not known and admitted(flow.flow, document, each, story, runs):
                start(state, flow, number, then, (each.subject, each.subject_id), now, each)


def start(
    state: State, flow: FlowPast, number: int, then: OrderThen, about: About, now: datetime, occasion: Occasion | None
) -> None:
    """Start one run: `about` a subject, and by which occasion; by none after a return."""
    run = new_run(flow.flow, number, then.order, about, occasion, now)
    run.id = state.new_id()
    asks = flow.document(number).trigger.condition if occasion is not None else None
    if asks is not None and occasion is not None:
        facts = known_then(state.scene(then, now), parcel_then(run, then), asked(asks))
        filter_run(run, judge(asks, facts), occasion, now)
    state.runs[then.order.id].append(run)


def after_return(state: State, then: OrderThen, now: datetime) -> None:
    """Let go on what returns held up, and start runs for lines that stay with the buyer after all."""
    if not then.cases or all(case.status in OPEN_STATES for case in then.cases.values()):
        return
    for row in let_go(state.sayings[then.order.id], now):
        state.due(row, now)
    for run, line in left_out(then, state.sayings[then.order.id], state.runs[then.order.id], state.items):
        start(state, state.flows[run.flow_id], run.version, then, (ORDER_LINE, line), now, None)
