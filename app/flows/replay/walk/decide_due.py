"""Decide about all that is due in one instant of a replay, by the function that sends."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final

from app.flows.facts.gather_groups import HANDED_OVER
from app.flows.facts.gather_items import spoken_as
from app.flows.models import FollowUpState
from app.flows.planning.record_decision import carry_out
from app.flows.replay.agenda import Rank
from app.flows.replay.by_hand_then import lines_of
from app.flows.replay.facts_then import facts_then
from app.flows.replay.runs_then import parcel_then
from app.flows.replay.saying import Beside, Said, Saying, Told
from app.flows.replay.standing_then import profile_then
from app.flows.replay.walk.state import State
from app.flows.rules.decision import ProfileFacts, Send
from app.flows.rules.guard import decide
from app.flows.timing.limits import Limits

ASKS_NOTHING: Final = ProfileFacts()


def decide_due(state: State, now: datetime) -> None:
    """Decide about all that is due in this instant by what holds before any of it is sent."""
    due: list[Saying] = []
    while state.agenda.next(now) == (now, Rank.DUE):
        row = state.agenda.take()
        if row.state is FollowUpState.SCHEDULED and row.due_at <= now and all(each.row is not row for each in due):
            due.append(state.saying[row.id])
    around = Beside(state.said, state.items, state.sayings, state.orders)
    decided = []
    for each in due:
        facts = facts_then(state.past, state.past.settings_then(now), each, around, now)
        parcel = parcel_then(each.run, each.then)
        profile = profile_then(state.scene(each.then, now), each.run, parcel, each.document)
        facts = facts if profile == ASKS_NOTHING else replace(facts, profile=profile)
        decided.append(Told(each, now, facts, decide(facts, Limits(), now)))
    for told in decided:
        _carry_out(state, told, now)


def _carry_out(state: State, told: Told, now: datetime) -> None:
    row, verdict = told.saying.row, told.verdict
    if not isinstance(verdict, Send):
        state.told.append(told)
        carry_out(row, verdict, now)
        state.due(row, now)
        return
    said = Said(told.saying, now, lines_of(row, verdict.lines, state.items))
    word = spoken_as(told.saying.step, told.saying.run)
    keys = [(kind, number, word) for kind, number in said.items]
    if any(state.items.get(key, row.id) != row.id for key in keys):
        state.due(row, now)  # another of this instant took it: decided anew by what holds then
        return
    state.items.update(dict.fromkeys(keys, row.id))
    state.told.append(told)
    state.said.append(said)
    row.state, row.outcome, row.reason, row.done_at = FollowUpState.DONE, HANDED_OVER, None, now
