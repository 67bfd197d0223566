"""Walk through a shop's past on a clock of its own: what was learned, planned, decided and sent, and when.

What starts a run, which way it takes, when a step speaks and whether it may is asked of the functions that send; only
their rows are of this walk alone and never stored. Orders of one person are walked together, in the order of time.
"""

from __future__ import annotations

import heapq
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import Any

from app.flows.facts.gather_groups import HANDED_OVER
from app.flows.facts.gather_items import ORDER_LINE, spoken_as
from app.flows.facts.standing.standing import started_at
from app.flows.language.flow import FlowDocument
from app.flows.language.steps import Subject
from app.flows.models import Enrollment, FollowUp, FollowUpState
from app.flows.planning.enrol import admitted, run_values
from app.flows.planning.record_decision import carry_out, finish
from app.flows.planning.runs.follow import note_way, row_facts
from app.flows.planning.schedule import beside, moments, move, new_row, row_seed
from app.flows.replay.facts_then import Settings, facts_then, zone_then
from app.flows.replay.past import FlowPast, OrderPast, Past
from app.flows.replay.runs_then import again_at, left_out, may_speak, parcel_then
from app.flows.replay.saying import Beside, Said, Saying, Told
from app.flows.replay.then import OrderThen
from app.flows.rules.decision import Send
from app.flows.rules.guard import decide
from app.flows.rules.reasons import Reason
from app.flows.runs.advance import Advanced, Person, Reached, Standing, advance
from app.flows.runs.path import read_path, still_there
from app.flows.runs.triggers import Occasion, first_happened, occasions
from app.flows.timing.limits import Limits
from app.flows.timing.plan import plan
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
    _items: dict[tuple[str, int, str], int] = field(default_factory=dict)
    _coming: list[tuple[datetime, int, datetime, int, Any]] = field(default_factory=list)
    _count: int = 0
    _settings: tuple[Any, Settings] | None = None

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
            self._orders[order_id] = OrderThen(self._pasts[order_id].order)
        then = self._orders[order_id]
        then.learn(changed)
        self._enrol(then, now)
        self._after_return(then, now)
        self._replan(then, now)

    def _erase(self, order_id: int, now: datetime) -> None:
        for run in self._runs[order_id]:
            run.ended_at = run.ended_at or now
            for row in self._rows[run.id].values():
                if row.state is not FollowUpState.DONE:
                    finish(row, Reason.ERASED, now)

    def settings(self, now: datetime) -> Settings:
        """Return the shop's settings as they were."""
        version = sum(at <= now for at, _, _ in self.past.settings)
        if self._settings is None or self._settings[0] != version:
            self._settings = version, Settings.of(self.past.stored(now), self.past.shop_zone)
        return self._settings[1]

    def _enrol(self, then: OrderThen, now: datetime) -> None:
        order = then.order
        if order.deleted_at is not None:
            return
        story = then.story(self._pasts[order.id].reviews, now)
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
        run = Enrollment(
            **(values or {"shop_id": self.past.shop_id, "flow_id": flow.flow.id, "order_id": then.order.id}
               | {"subject_kind": kind, "subject_id": subject_id, "customer_id": then.order.customer_id}),
        )  # fmt: skip
        run.id, run.version, run.path, run.entered_at, run.frozen = self._count, number, [], now, {}
        run.started_at = occasion.at if occasion is not None else None
        run.occurrence = occasion.occurrence if occasion is not None else 0
        self._runs[then.order.id].append(run)

    def _flow(self, run: Enrollment) -> FlowPast:
        return next(each for each in self.past.flows if each.flow.id == run.flow_id)

    def _document(self, run: Enrollment) -> FlowDocument:
        return self._flow(run).document(run.version)

    def _replan(self, then: OrderThen, now: datetime) -> None:
        order, settings = then.order, self.settings(now)
        zone = zone_then(settings, then)
        runs = [run for run in self._runs[order.id] if run.ended_at is None]
        for run in runs:
            document, parcel, rows = self._document(run), parcel_then(run, then), self._rows[run.id]
            told = self._come_to(run, document, then, parcel, now)
            others = beside(run, runs, then.parcels)
            for reached in told.reached:
                row = rows.get(reached.step.key)
                if row is not None and row.state in {FollowUpState.DONE, FollowUpState.CLAIMED}:
                    continue
                known = moments(order, parcel, others, run=run, previous_at=reached.since)
                calendar = settings.places.to_plan(order, reached.step, now)
                seed = row_seed(run, reached.step.key)
                planned = plan(reached.step, known, zone, seed=seed, now=now, calendar=calendar)
                if planned is None:
                    continue
                if row is None:
                    rows[reached.step.key] = row = self._new(new_row(run, reached.step.key, planned))
                    past, step = self._pasts[order.id], document.step(row.step)
                    saying = Saying(row, run, self._flow(run), document, step, then, past)
                    self._sayings[order.id].append(saying)
                else:
                    move(row, planned)
                self._due(row, now)
            note_way(run, rows, told, now)
            if run.look_at is not None and run.ended_at is None:
                self._push(self._tick(max(run.look_at, now)), Rank.LOOK, run.look_at, run)

    def _new(self, row: FollowUp) -> FollowUp:
        self._count += 1
        row.id = self._count
        return row

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
        order, rows = then.order, self._rows[run.id]
        began = started_at(run, order, parcel)
        if run.subject_kind == ORDER_LINE:
            speaks = may_speak(run, document, self._sayings[order.id], self._items)
            return Advanced(
                tuple(Reached(step, began) for step in document.sends if step.key in speaks), (), through=True
            )
        reviews = self._pasts[order.id].reviews
        reviewed = min((each.submitted_at for each in reviews if each.submitted_at <= now), default=None)
        standing = Standing(
            started_at=began,
            person=Person(order.shop_id, order.customer_id or -order.id),
            zone=zone_then(self.settings(now), then).zone,
            happened=first_happened(
                then.story(reviews, now),
                parcel_id=parcel.id if parcel is not None else None,
                ordered_again_at=again_at(then, self._orders.values(), now),
                reviewed_at=reviewed,
            ),
            rows=row_facts(rows),
        )
        return advance(document, still_there(read_path(run.path), document), standing, now)

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
                due.append(next(each for each in self._sayings[row.order_id] if each.row is row))
        around = Beside(self.said, self._items, self._sayings, self._orders)
        settings = self.settings(now)
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
