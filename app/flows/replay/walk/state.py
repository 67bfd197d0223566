"""What a walk through the past knows at its instant: orders, runs, what is planned, said and still to come."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from app.flows.models import Enrollment, FollowUp, FollowUpState
from app.flows.replay.agenda import Agenda, Rank
from app.flows.replay.facts_then import zone_then
from app.flows.replay.history.past import FlowPast, OrderPast, Past
from app.flows.replay.history.then import OrderThen
from app.flows.replay.saying import Said, Saying, Told
from app.flows.replay.standing_then import Scene
from app.flows.runs.triggers import Story


@dataclass(slots=True)
class State:
    """Hold it, of the people who are walked together. By our ids; none of its rows is ever stored."""

    past: Past
    agenda: Agenda
    told: list[Told] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)
    orders: dict[int, OrderThen] = field(default_factory=dict)
    pasts: dict[int, OrderPast] = field(default_factory=dict)
    runs: dict[int, list[Enrollment]] = field(default_factory=lambda: defaultdict(list))  # by order
    rows: dict[int, dict[str, FollowUp]] = field(default_factory=lambda: defaultdict(dict))  # by run and step
    sayings: dict[int, list[Saying]] = field(default_factory=lambda: defaultdict(list))  # by order
    saying: dict[int, Saying] = field(default_factory=dict)  # by the row's id
    items: dict[tuple[str, int, str], int] = field(default_factory=dict)  # (kind, id, step) → the row that said it
    heard: dict[int, tuple[Story, int]] = field(default_factory=dict)  # what an order's runs were last started by
    planned: dict[tuple[int, str], object] = field(default_factory=dict)  # what a row was last planned by
    over: set[int] = field(default_factory=set)  # runs that have said or left out all they ever will
    flows: dict[int, FlowPast] = field(init=False)
    _count: int = 0

    def __post_init__(self) -> None:
        """Know flows by id."""
        self.flows = {each.flow.id: each for each in self.past.flows}

    def new_id(self) -> int:
        """Return an id for a row of this walk's own."""
        self._count += 1
        return self._count

    def scene(self, then: OrderThen, now: datetime) -> Scene:
        """Return what conditions about an order are judged by."""
        zone = zone_then(self.past.settings_then(now).places, then)
        return Scene(self.past, self.pasts[then.order.id], then, self.orders.values(), zone, now)

    def due(self, row: FollowUp, now: datetime) -> None:
        """Let a planned row have its turn; entries of times it has left behind are passed over."""
        if row.state is FollowUpState.SCHEDULED:
            self.agenda.turn(Rank.DUE, row.due_at, now, row)
