"""Walk through a shop's past on a clock of its own: what was learned, planned, decided and sent, and when.

What starts a run, which way it takes, when a step speaks and whether it may is asked of the functions that send; only
their rows are of this walk alone and never stored. Orders of one person are walked together, in the order of time.
"""

from __future__ import annotations

import heapq
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import Any

from app.flows.facts.gather_groups import HANDED_OVER
from app.flows.facts.gather_items import ORDER_LINE, spoken_as
from app.flows.facts.standing.standing import started_at
from app.flows.language.flow import FlowDocument
from app.flows.language.happenings import Happening
from app.flows.language.steps import Step, Subject
from app.flows.models import Enrollment, FollowUp, FollowUpState
from app.flows.planning.enrol import admitted, run_values
from app.flows.planning.record_decision import carry_out, finish
from app.flows.planning.runs.follow import note_way, row_facts
from app.flows.planning.schedule import beside, moments, move, new_row, row_seed
from app.flows.replay.facts_then import facts_then, zone_then
from app.flows.replay.history.past import FlowPast, OrderPast, Past
from app.flows.replay.history.rows import follow_up_row, run_row
from app.flows.replay.history.then import OrderThen
from app.flows.replay.runs_then import again_at, left_out, may_speak, parcel_then
from app.flows.replay.saying import Beside, Said, Saying, Told
from app.flows.rules.decision import Send
from app.flows.rules.guard import decide
from app.flows.rules.reasons import Reason
from app.flows.runs.advance import Advanced, Person, Reached, Standing, advance
from app.flows.runs.path import read_path, still_there
from app.flows.runs.triggers import Occasion, Story, first_happened, occasions
from app.flows.timing.calendar import Calendar
from app.flows.timing.limits import Limits
from app.flows.timing.plan import Moments, plan
from app.flows.timing.recipient_zone import RecipientZone
from app.orders.parcels import Fulfillment
from app.orders.record_reversal import OPEN_STATES


class Rank(IntEnum):
    """Order what happens in one instant: news is heard before anything is decided."""

    NEWS = 0
    LOOK = 1
    DUE = 2


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
    _coming: list[tuple[datetime, int, datetime, int, Any]] = field(default_factory=list)
    _heard: dict[int, tuple[Story, int]] = field(default_factory=dict)  # what an order's runs were last started by
    _planned: dict[tuple[int, str], object] = field(default_factory=dict)  # what a row was last planned by
    _over: set[int] = field(default_factory=set)  # runs that have said or left out all they ever will
    _flows: dict[int, FlowPast] = field(init=False)
    _count: int = 0

    def __post_init__(self) -> None:
        """Know the flows by their ids."""
        self._flows = {each.flow.id: each for each in self.past.flows}

    def walk(self, orders: Iterable[OrderPast], until: datetime) -> None:
        """Walk from the first thing learned until an instant."""
        for one in orders:
            self._pasts[one.order.id] = one
            for at, changed in one.learned:
                self._push(at, Rank.NEWS, at, (one.order.id, changed))
            customer = self.past.customers.get(one.order.customer_id or 0)
            if customer is not None and customer.erased_at is not None:
                self._push(customer.erased_at, Rank.NEWS, customer.erased_at, (one.order.id, None))
        while self._coming and self._coming[0][0] <= until:
            now, rank, *_ = self._coming[0]
            if rank == Rank.DUE:
                self._decide(now)
                continue
            *_, thing = heapq.heappop(self._coming)
            if rank == Rank.LOOK:
                self._look(thing, now)
            else:
                order_id, changed = thing
                self._learn(order_id, changed, now)

    def _push(self, at: datetime, rank: Rank, order_by: datetime, thing: object) -> None:
        self._count += 1
        heapq.heappush(self._coming, (at, rank, order_by, self._count, thing))

    def _learn(self, order_id: int, changed: Any, now: datetime) -> None:
        if changed is None:
            self._erase(order_id, now)
            return
        if order_id not in self._orders:  # nobody else may count it before it is heard of
            self._orders[order_id] = OrderThen(self._pasts[order_id].order, self.past.with_scans)
        then = self._orders[order_id]
        if not then.learn(changed) and not self.past.with_scans:
            return  # a carrier's word on the way, which no flow hears of
        self._enrol(then, now)
        self._after_return(then, now)
        self._replan(then, now)

    def _erase(self, order_id: int, now: datetime) -> None:
        for run in self._runs[order_id]:
            run.ended_at = run.ended_at or now
            for row in self._rows[run.id].values():
                if row.state is not FollowUpState.DONE:
                    finish(row, Reason.ERASED, now)

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
                    self._start(flow, number, then, each.subject, each.subject_id, now, each)

    def _start(
        self,
        flow: FlowPast,
        number: int,
        then: OrderThen,
        kind: str,
        subject_id: int,
        now: datetime,
        occasion: Occasion | None,
    ) -> None:
        self._count += 1
        values = run_values(flow.flow, then.order, Subject(kind), subject_id) if kind != ORDER_LINE else {}
        run = run_row(
            **(values or {"shop_id": self.past.shop_id, "flow_id": flow.flow.id, "order_id": then.order.id}
               | {"subject_kind": kind, "subject_id": subject_id, "customer_id": then.order.customer_id}),
        )  # fmt: skip
        run.id, run.version, run.path, run.entered_at, run.frozen = self._count, number, [], now, {}
        run.started_at = occasion.at if occasion is not None else None
        run.occurrence = occasion.occurrence if occasion is not None else 0
        self._runs[then.order.id].append(run)

    def _flow(self, run: Enrollment) -> FlowPast:
        return self._flows[run.flow_id]

    def _document(self, run: Enrollment) -> FlowDocument:
        return self._flow(run).document(run.version)

    def _replan(self, then: OrderThen, now: datetime) -> None:
        order, places = then.order, self.past.settings_then(now).places
        runs = [run for run in self._runs[order.id] if run.ended_at is None]
        zone = zone_then(places, then)
        for run in runs:
            if run.id in self._over:
                continue
            document, parcel, rows = self._document(run), parcel_then(run, then), self._rows[run.id]
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
                self._push(self._tick(max(run.look_at, now)), Rank.LOOK, run.look_at, run)
            elif told.through and self._is_over(run, told):
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
            past = self._pasts[then.order.id]
            saying = Saying(
                row, run, self._flow(run), self._document(run), self._document(run).step(row.step), then, past
            )
            self._sayings[then.order.id].append(saying)
            self._saying[row.id] = saying
        else:
            move(row, planned)
        self._due(row, now)

    def _is_over(self, run: Enrollment, told: Advanced) -> bool:
        """Say whether nothing that happens can make a run speak again, or end otherwise than it has."""
        rows = self._rows[run.id]
        said = (
            row.state is FollowUpState.DONE for each in told.reached if (row := rows.get(each.step.key)) is not None
        )
        planned = sum(each.step.is_planned for each in told.reached)
        return run.subject_kind != ORDER_LINE and len(rows) >= planned and all(said)

    def _due(self, row: FollowUp, now: datetime) -> None:
        """Let a planned row have its turn; entries of times it has left behind are passed over."""
        if row.state is FollowUpState.SCHEDULED:
            self._push(self._tick(max(row.due_at, now)), Rank.DUE, row.due_at, row)

    def _tick(self, at: datetime) -> datetime:
        if self.ticks is None:
            return at
        place = bisect_left(self.ticks, at)
        return self.ticks[place] if place < len(self.ticks) else datetime.max.replace(tzinfo=at.tzinfo)

    def _come_to(
        self, run: Enrollment, document: FlowDocument, then: OrderThen, parcel: Fulfillment | None, now: datetime
    ) -> Advanced:
        order, rows, need = then.order, self._rows[run.id], self._flow(run).needs[run.version]
        began = started_at(run, order, parcel)
        if run.subject_kind == ORDER_LINE:
            speaks = may_speak(run, document, self._sayings[order.id], self._items)
            return Advanced(
                tuple(Reached(step, began) for step in document.sends if step.key in speaks), (), through=True
            )
        standing = Standing(
            started_at=began,
            person=Person(order.shop_id, order.customer_id or -order.id),
            zone=zone_then(self.past.settings_then(now).places, then).zone,
            happened=self._happened(then, parcel, now) if need.events else {},
            rows=row_facts(rows),
        )
        path = still_there(read_path(run.path), document) if run.path else ()
        return advance(document, path, standing, now)

    def _happened(self, then: OrderThen, parcel: Fulfillment | None, now: datetime) -> Mapping[Happening, datetime]:
        reviews = self._pasts[then.order.id].reviews
        return first_happened(
            then.story(reviews, now),
            parcel_id=parcel.id if parcel is not None else None,
            ordered_again_at=again_at(then, self._orders.values(), now),
            reviewed_at=min((each.submitted_at for each in reviews if each.submitted_at <= now), default=None),
        )

    def _after_return(self, then: OrderThen, now: datetime) -> None:
        """Let go on what returns held up, and start runs for lines that stay with the buyer after all."""
        if not then.cases or all(case.status in OPEN_STATES for case in then.cases.values()):
            return
        for each in self._sayings[then.order.id]:
            row = each.row
            if row.state is FollowUpState.SCHEDULED and row.reason == Reason.RETURN_OPEN and row.due_at > now:
                row.due_at, row.postponed_until = now, None
                self._due(row, now)
        for run, line in left_out(then, self._sayings[then.order.id], self._runs[then.order.id], self._items):
            self._start(self._flow(run), run.version, then, ORDER_LINE, line, now, None)

    def _look(self, run: Enrollment, now: datetime) -> None:
        if run.ended_at is None and run.look_at is not None and run.look_at <= now:
            self._replan(self._orders[run.order_id], now)

    def _decide(self, now: datetime) -> None:
        """Decide about all that is due in this instant by what holds before any of it is sent."""
        due: list[Saying] = []
        while self._coming and self._coming[0][0] == now and self._coming[0][1] == Rank.DUE:
            *_, row = heapq.heappop(self._coming)
            if row.state is FollowUpState.SCHEDULED and row.due_at <= now and all(each.row is not row for each in due):
                due.append(self._saying[row.id])
        around = Beside(self.said, self._items, self._sayings, self._orders)
        settings = self.past.settings_then(now)
        decided = []
        for each in due:
            facts = facts_then(self.past, settings, each, around, now)
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
        said = Said(told.saying, now, verdict.lines)
        word = spoken_as(told.saying.step, told.saying.run)
        keys = [(kind, number, word) for kind, number in said.items]
        if any(key in self._items for key in keys):  # another of this instant took it: decided anew by what holds then
            self._due(row, now)
            return
        self._items.update(dict.fromkeys(keys, row.id))
        self.told.append(told)
        self.said.append(said)
        row.state, row.outcome, row.reason, row.done_at = FollowUpState.DONE, HANDED_OVER, None, now
