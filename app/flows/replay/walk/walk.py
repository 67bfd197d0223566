"""Walk through a shop's past on a clock of its own: what was learned, planned, decided and sent, and when.

What starts a run, which way it takes, when a step speaks and whether it may is asked of the functions that send; only
their rows are of this walk alone and never stored. Orders of one person are walked together, in the order of time.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from app.flows.replay.agenda import Agenda, Rank
from app.flows.replay.by_hand_then import do_by_hand
from app.flows.replay.calendar_then import is_watched, looked_at, started_by_calendar
from app.flows.replay.changes_then import erase, news, retime, waiting_for
from app.flows.replay.facts_then import zone_then
from app.flows.replay.history.by_hand import ByHand
from app.flows.replay.history.past import OrderPast, Past
from app.flows.replay.history.then import OrderThen
from app.flows.replay.saying import Said, Told
from app.flows.replay.walk.decide_due import decide_due
from app.flows.replay.walk.plan_anew import replan
from app.flows.replay.walk.start import after_return, enrol, start
from app.flows.replay.walk.state import State


class Walk:
    """Walk with the orders of one person. Where there are `ticks`, nothing is sent at any other instant."""

    __slots__ = ("_is_watched", "_looked_at", "_state")

    def __init__(self, past: Past, ticks: Sequence[datetime] | None = None) -> None:
        """Take what is known of the shop; nothing is learned before the walk."""
        self._state = State(past, Agenda(ticks))
        self._is_watched = any(map(is_watched, past.flows))  # whether the calendar starts any flow
        self._looked_at: set[datetime] = set()  # when the calendar is

    @property
    def told(self) -> list[Told]:
        """Every evaluation, in the order of time."""
        return self._state.told

    @property
    def said(self) -> list[Said]:
        """Every message, in the order of time."""
        return self._state.said

    def walk(self, orders: Iterable[OrderPast], until: datetime) -> None:
        """Walk from the first thing learned until an instant."""
        state = self._state
        state.pasts |= {one.order.id: one for one in orders}
        for at, thing in news(state.past, state.pasts.values()):
            state.agenda.news(at, thing)
        while (coming := state.agenda.next(until)) is not None:
            now, rank = coming
            if rank is Rank.DUE:
                decide_due(state, now)
                continue
            thing = state.agenda.take()
            if rank is Rank.LOOK:
                if thing.ended_at is None and thing.look_at is not None and thing.look_at <= now:
                    replan(state, state.orders[thing.order_id], now)
            elif rank is Rank.CALENDAR:
                self._watch(now)
            elif thing is None:
                self._retime(now)
            else:
                self._learn(thing[0], thing[1], now)

    def _learn(self, order_id: int, changed: Any, now: datetime) -> None:
        state = self._state
        if changed is None:
            erase(state.runs[order_id], state.rows, now)
            return
        if isinstance(changed, ByHand):
            again = do_by_hand(changed, state.sayings[order_id], state.items.values(), now)
            if again is not None:
                state.over.discard(again.run.id)
                state.due(again.row, now)
            return
        if order_id not in state.orders:  # nobody else may count it before it is heard of
            if not changed:
                return
            state.orders[order_id] = OrderThen(state.pasts[order_id].order, state.past.with_scans)
        then = state.orders[order_id]
        if changed and not then.learn(changed) and not state.past.with_scans:
            return  # a carrier's word on the way, which no flow hears of
        enrol(state, then, now)
        after_return(state, then, now)
        replan(state, then, now)
        for run in waiting_for(then, state.orders.values(), state.runs, now):
            run.look_at = now
            state.agenda.turn(Rank.LOOK, now, now, run)
        if self._is_watched:
            state.agenda.turn(Rank.CALENDAR, now, now, None)

    def _watch(self, now: datetime) -> None:
        """Start what the calendar starts, and look at it again when it may start more."""
        state = self._state
        orders = state.orders.values()
        for flow, then, occasion in started_by_calendar(state.past, orders, state.runs, now):
            start(state, flow, flow.at(now)[0], then, (occasion.subject, occasion.subject_id), now, occasion)
            replan(state, then, now)
        for at in set(looked_at(state.past, orders, now)) - self._looked_at:
            self._looked_at.add(at)
            state.agenda.turn(Rank.CALENDAR, at, now, None)

    def _retime(self, now: datetime) -> None:
        """Move what is planned to where another calendar says."""
        state = self._state
        places = state.past.settings_then(now).places
        for order_id, then in state.orders.items():
            zone = zone_then(places, then)
            for row in list(retime(state.sayings[order_id], state.runs[order_id], places, zone, now)):
                state.due(row, now)
