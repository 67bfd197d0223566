"""Walk through a shop's past on a clock of its own: what was learned, planned, decided and sent, and when.

What starts a run, which way it takes, when a step speaks and whether it may is asked of the functions that send; only
their rows are of this walk alone and never stored. Orders of one person are walked together, in the order of time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from app.flows.facts.gather_groups import HANDED_OVER
from app.flows.facts.gather_items import ORDER_LINE, spoken_as
from app.flows.facts.standing.standing import started_at
from app.flows.language.conditions.judge import asked, judge
from app.flows.language.flow import FlowDocument
from app.flows.language.steps import Step
from app.flows.models import Enrollment, FollowUp, FollowUpState
from app.flows.planning.enrol import admitted
from app.flows.planning.record_decision import carry_out
from app.flows.planning.runs.follow import note_way, row_facts
from app.flows.planning.schedule import beside, moments, move, new_row, row_seed
from app.flows.replay.agenda import Agenda, Rank
from app.flows.replay.by_hand_then import do_by_hand, lines_of
from app.flows.replay.calendar_then import is_watched, looked_at, started_by_calendar
from app.flows.replay.changes_then import erase, let_go, news, retime, waiting_for
from app.flows.replay.facts_then import facts_then, zone_then
from app.flows.replay.history.by_hand import ByHand
from app.flows.replay.history.past import FlowPast, OrderPast, Past
from app.flows.replay.history.rows import follow_up_row
from app.flows.replay.history.then import OrderThen
from app.flows.replay.runs_then import filter_run, is_over, left_out, may_speak, new_run, parcel_then
from app.flows.replay.saying import Beside, Said, Saying, Told
from app.flows.replay.standing_then import Scene, known_then, profile_then, standing_then
from app.flows.rules.decision import ProfileFacts, Send
from app.flows.rules.guard import decide
from app.flows.runs.advance import Advanced, Reached, advance
from app.flows.runs.path import read_path, still_there
from app.flows.runs.triggers import Occasion, Story, occasions
from app.flows.timing.calendar import Calendar
from app.flows.timing.limits import Limits
from app.flows.timing.plan import Moments, plan
from app.flows.timing.recipient_zone import RecipientZone
from app.orders.parcels import Fulfillment
from app.orders.record.reversal import OPEN_STATES

ASKS_NOTHING: Final = ProfileFacts()
About = tuple[str, int]  # kind of subject, our id of it


@dataclass(slots=True)
class Walk:
    """Walk with the orders of one person. Where there are `ticks`, nothing is sent at any other instant."""

    past: Past
    ticks: Sequence[datetime] | None = None
    told: list[Told] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)
    _orders: dict[int, OrderThen] = field(default_factory=dict)
    _pasts: dict[int, OrderPast] = field(default_factory=dict)
    _runs: dict[int, list[Enrollment]] = field(default_factory=lambda: defaultdict(list))
    _rows: dict[int, dict[str, FollowUp]] = field(default_factory=lambda: defaultdict(dict))
    _sayings: dict[int, list[Saying]] = field(default_factory=lambda: defaultdict(list))
    _saying: dict[int, Saying] = field(default_factory=dict)  # by the row's id
    _items: dict[tuple[str, int, str], int] = field(default_factory=dict)
    _agenda: Agenda = field(init=False)
    _heard: dict[int, tuple[Story, int]] = field(default_factory=dict)  # what an order's runs were last started by
    _planned: dict[tuple[int, str], object] = field(default_factory=dict)  # what a row was last planned by
    _over: set[int] = field(default_factory=set)  # runs that have said or left out all they ever will
    _flows: dict[int, FlowPast] = field(init=False)
    _is_watched: bool = field(init=False)  # whether the calendar starts any flow
    _looked_at: set[datetime] = field(default_factory=set)  # when the calendar is
    _count: int = 0

    def __post_init__(self) -> None:
        """Know flows by id, and whether the calendar matters."""
        self._agenda, self._is_watched = Agenda(self.ticks), any(map(is_watched, self.past.flows))
        self._flows = {each.flow.id: each for each in self.past.flows}

    def walk(self, orders: Iterable[OrderPast], until: datetime) -> None:
        """Walk from the first thing learned until an instant."""
        self._pasts |= {one.order.id: one for one in orders}
        for at, thing in news(self.past, self._pasts.values()):
            self._agenda.news(at, thing)
        while (coming := self._agenda.next(until)) is not None:
            now, rank = coming
            if rank is Rank.DUE:
                self._decide(now)
                continue
            thing = self._agenda.take()
            if rank is Rank.LOOK:
                if thing.ended_at is None and thing.look_at is not None and thing.look_at <= now:
                    self._replan(self._orders[thing.order_id], now)
            elif rank is Rank.CALENDAR:
                self._watch(now)
            elif thing is None:
                self._retime(now)
            else:
                self._learn(thing[0], thing[1], now)

    def _learn(self, order_id: int, changed: Any, now: datetime) -> None:
        if changed is None:
            erase(self._runs[order_id], self._rows, now)
            return
        if isinstance(changed, ByHand):
            again = do_by_hand(changed, self._sayings[order_id], self._items.values(), now)
            if again is not None:
                self._over.discard(again.run.id)
                self._due(again.row, now)
            return
        if order_id not in self._orders:  # nobody else may count it before it is heard of
            if not changed:
                return
            self._orders[order_id] = OrderThen(self._pasts[order_id].order, self.past.with_scans)
        then = self._orders[order_id]
        if changed and not then.learn(changed) and not self.past.with_scans:
            return  # a carrier's word on the way, which no flow hears of
        self._enrol(then, now)
        self._after_return(then, now)
        self._replan(then, now)
        for run in waiting_for(then, self._orders.values(), self._runs, now):
            run.look_at = now
            self._agenda.turn(Rank.LOOK, now, now, run)
        if self._is_watched:
            self._agenda.turn(Rank.CALENDAR, now, now, None)

    def _watch(self, now: datetime) -> None:
        """Start what the calendar starts, and look at it again when it may start more."""
        orders = self._orders.values()
        for flow, then, occasion in started_by_calendar(self.past, orders, self._runs, now):
            self._start(flow, flow.at(now)[0], then, (occasion.subject, occasion.subject_id), now, occasion)
            self._replan(then, now)
        for at in set(looked_at(self.past, orders, now)) - self._looked_at:
            self._looked_at.add(at)
            self._agenda.turn(Rank.CALENDAR, at, now, None)

    def _retime(self, now: datetime) -> None:
        """Move what is planned to where another calendar says."""
        places = self.past.settings_then(now).places
        for order_id, then in self._orders.items():
            zone = zone_then(places, then)
            for row in list(retime(self._sayings[order_id], self._runs[order_id], places, zone, now)):
                self._due(row, now)

    def _enrol(self, then: OrderThen, now: datetime) -> None:
        order = then.order
        if order.deleted_at is not None:
            return
        story = then.story(self._pasts[order.id].reviews, now)
        if self._heard.get(order.id) == (story, self.past.turn(now)):
            return  # nothing has happened that a flow could start at
        self._heard[order.id] = story, self.past.turn(now)
        told = occasions(story)
        runs = {
            (run.flow_id, run.subject_kind, run.subject_id): run.ended_reason
            for run in self._runs[order.id]
            if run.subject_kind != ORDER_LINE
        }
        for flow in self.past.flows:
            if flow.flow.started_at is None or flow.flow.started_at > now:
                continue
            number, document = flow.at(now)
            for each in told:
                known = (flow.flow.id, each.subject, each.subject_id) in runs
                if not known and admitted(flow.flow, document, each, story, runs):
                    self._start(flow, number, then, (each.subject, each.subject_id), now, each)

    def _start(
        self, flow: FlowPast, number: int, then: OrderThen, about: About, now: datetime, occasion: Occasion | None
    ) -> None:
        self._count += 1
        run = new_run(flow.flow, number, then.order, about, occasion, now)
        run.id = self._count
        asks = flow.document(number).trigger.condition if occasion is not None else None
        if asks is not None and occasion is not None:
            facts = known_then(self._scene(then, now), parcel_then(run, then), asked(asks))
            filter_run(run, judge(asks, facts), occasion, now)
        self._runs[then.order.id].append(run)

    def _scene(self, then: OrderThen, now: datetime) -> Scene:
        zone = zone_then(self.past.settings_then(now).places, then)
        return Scene(self.past, self._pasts[then.order.id], then, self._orders.values(), zone, now)

    def _replan(self, then: OrderThen, now: datetime) -> None:
        order, places = then.order, self.past.settings_then(now).places
        runs = [run for run in self._runs[order.id] if run.ended_at is None]
        zone = zone_then(places, then)
        for run in runs:
            if run.id in self._over:
                continue
            document, rows = self._flows[run.flow_id].document(run.version), self._rows[run.id]
            parcel = parcel_then(run, then)
            told = self._come_to(run, document, then, parcel, now)
            others = beside(run, runs, then.parcels)
            known: dict[datetime, Moments] = {}
            for step, since in ((reached.step, reached.since) for reached in told.reached):
                row = rows.get(step.key)
                if row is not None and row.state in {FollowUpState.DONE, FollowUpState.CLAIMED}:
                    continue
                if since not in known:
                    known[since] = moments(order, parcel, others, run=run, previous_at=since)
                by = (known[since], zone, places.to_plan(order, step, now))
                if self._planned.get((run.id, step.key)) == by:
                    continue  # by the same facts it stays where it is, or unplanned
                self._planned[run.id, step.key] = by
                self._plan(then, run, step, by, now)
            note_way(run, rows, told, now)
            if run.look_at is not None and run.ended_at is None:
                self._agenda.turn(Rank.LOOK, run.look_at, now, run)
            elif told.through and is_over(run, rows, told):
                self._over.add(run.id)

    def _plan(
        self, then: OrderThen, run: Enrollment, step: Step, by: tuple[Moments, RecipientZone, Calendar], now: datetime
    ) -> None:
        known, zone, calendar = by
        planned = plan(step, known, zone, seed=row_seed(run, step.key), now=now, calendar=calendar)
        if planned is None:
            return
        rows = self._rows[run.id]
        row = rows.get(step.key)
        if row is None:
            row = rows[step.key] = new_row(run, step.key, planned, follow_up_row)
            self._count += 1
            row.id = self._count
            saying = Saying.of(row, run, self._flows[run.flow_id], then, self._pasts[then.order.id])
            self._sayings[then.order.id].append(saying)
            self._saying[row.id] = saying
        else:
            move(row, planned)
        self._due(row, now)

    def _due(self, row: FollowUp, now: datetime) -> None:
        """Let a planned row have its turn; entries of times it has left behind are passed over."""
        if row.state is FollowUpState.SCHEDULED:
            self._agenda.turn(Rank.DUE, row.due_at, now, row)

    def _come_to(
        self, run: Enrollment, document: FlowDocument, then: OrderThen, parcel: Fulfillment | None, now: datetime
    ) -> Advanced:
        order, rows, need = then.order, self._rows[run.id], self._flows[run.flow_id].needs[run.version]
        began = started_at(run, order, parcel)
        if run.subject_kind == ORDER_LINE:
            speaks = may_speak(run, document, self._sayings[order.id], self._items)
            return Advanced(
                tuple(Reached(step, began) for step in document.sends if step.key in speaks), (), through=True
            )
        standing = standing_then(self._scene(then, now), run, parcel, need, row_facts(rows))
        path = still_there(read_path(run.path), document) if run.path else ()
        return advance(document, path, standing, now)

    def _after_return(self, then: OrderThen, now: datetime) -> None:
        """Let go on what returns held up, and start runs for lines that stay with the buyer after all."""
        if not then.cases or all(case.status in OPEN_STATES for case in then.cases.values()):
            return
        for row in let_go(self._sayings[then.order.id], now):
            self._due(row, now)
        for run, line in left_out(then, self._sayings[then.order.id], self._runs[then.order.id], self._items):
            self._start(self._flows[run.flow_id], run.version, then, (ORDER_LINE, line), now, None)

    def _decide(self, now: datetime) -> None:
        """Decide about all that is due in this instant by what holds before any of it is sent."""
        due: list[Saying] = []
        while self._agenda.next(now) == (now, Rank.DUE):
            row = self._agenda.take()
            if row.state is FollowUpState.SCHEDULED and row.due_at <= now and all(each.row is not row for each in due):
                due.append(self._saying[row.id])
        around = Beside(self.said, self._items, self._sayings, self._orders)
        decided = []
        for each in due:
            facts = facts_then(self.past, self.past.settings_then(now), each, around, now)
            parcel = parcel_then(each.run, each.then)
            profile = profile_then(self._scene(each.then, now), each.run, parcel, each.document)
            facts = facts if profile == ASKS_NOTHING else replace(facts, profile=profile)
            decided.append(Told(each, now, facts, decide(facts, Limits(), now)))
        for told in decided:
            self._carry_out(told, now)

    def _carry_out(self, told: Told, now: datetime) -> None:
        row, verdict = told.saying.row, told.verdict
        if not isinstance(verdict, Send):
            self.told.append(told)
            carry_out(row, verdict, now)
            self._due(row, now)
            return
        said = Said(told.saying, now, lines_of(row, verdict.lines, self._items))
        word = spoken_as(told.saying.step, told.saying.run)
        keys = [(kind, number, word) for kind, number in said.items]
        if any(self._items.get(key, row.id) != row.id for key in keys):
            self._due(row, now)  # another of this instant took it: decided anew by what holds then
            return
        self._items.update(dict.fromkeys(keys, row.id))
        self.told.append(told)
        self.said.append(said)
        row.state, row.outcome, row.reason, row.done_at = FollowUpState.DONE, HANDED_OVER, None, now
