"""Follow a run through its flow: which messages it has come to, what was decided on the way, when to look again. Pure.

A message with an anchor of its own is planned as soon as a run comes to it, and the run goes on: rows stand ahead. All
else waits for what stands before it: a wait counts from there, a fork is decided there, and a message that counts from
the step before is planned there. Walking again with the same path and facts gives the same answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from app.experiments.assign import Choice, assign
from app.flows.language.conditions.facts import Known
from app.flows.language.conditions.judge import judge
from app.flows.language.flow import Branch, End, FlowDocument, Node, Split, Wait, WaitUntil
from app.flows.language.happenings import Happening, Moment
from app.flows.language.steps import Anchor, Step
from app.flows.language.window import at_time
from app.flows.runs.path import Taken
from app.flows.timing.slots import next_allowed


class Ended(StrEnum):
    """Say why a run ended before its steps did."""

    EXITED = "exited"
    GOAL_REACHED = "goal_reached"


@dataclass(frozen=True, slots=True)
class Row:
    """What is planned of one message. `done_at` is when it was handed over or left out."""

    due_at: datetime
    done_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """Who an arm is drawn for. `unit` is our customer's id, or minus the order's where nobody is known.

    `arms` are those the person has seen already, by experiment.
    """

    shop_id: int
    unit: int
    arms: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Standing:
    """How things stand with a run's subject. Instants are UTC, by the sources' clocks; `zone` is the recipient's."""

    started_at: datetime
    person: Person
    zone: ZoneInfo
    known: Known = field(default_factory=dict)
    happened: Mapping[Happening, datetime] = field(default_factory=dict)
    dates: Mapping[Moment, datetime] = field(default_factory=dict)
    rows: Mapping[str, Row] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reached:
    """A message a run has come to, and since when the step before it is done."""

    step: Step
    since: datetime


@dataclass(frozen=True, slots=True)
class Advanced:
    """Where a run stands. Unless `ended` or `through`, it looks again at `look_at` or when `waits_for` are done."""

    reached: tuple[Reached, ...]
    path: tuple[Taken, ...]
    look_at: datetime | None = None
    waits_for: tuple[str, ...] = ()
    through: bool = False
    ended: Ended | None = None


WAITED: Final = "waited"
HAPPENED: Final = "happened"
GAVE_UP: Final = "gave_up"


def advance(flow: FlowDocument, path: Sequence[Taken], standing: Standing, now: datetime) -> Advanced:
    """Return how far a run has come by `now`. `path` is what lies behind it; the result's begins with the same."""
    ended = ended_by(flow, standing, now)
    if ended is not None:
        return Advanced((), tuple(path), ended=ended)
    walk = _Walk(standing, now, {each.key: each for each in path}, list(path), standing.started_at)
    through = walk.take(flow.steps) is not Stop.HERE
    return Advanced(
        tuple(walk.reached), tuple(walk.path), walk.look_at, tuple(walk.waits_for), through=through, ended=None
    )


def ended_by(flow: FlowDocument, standing: Standing, now: datetime) -> Ended | None:
    """Return why a run ends now, whatever it has come to; None where it goes on.

    Only what happened since it started counts: an order that was paid before does not end what payment ends.
    """
    since = {
        each: at for each, at in standing.happened.items() if standing.started_at <= at <= now
    }  # what is dated ahead of us has not happened
    goal = flow.goal
    if goal is not None and goal.event in since and since[goal.event] <= standing.started_at + goal.window:
        return Ended.GOAL_REACHED
    if any(each in since for each in flow.exit.on):
        return Ended.EXITED
    asks = flow.exit.condition
    return Ended.EXITED if asks is not None and judge(asks, standing.known).holds else None


class Stop(StrEnum):
    """Say how a list of steps was left."""

    HERE = "here"  # the run waits in it
    END = "end"  # the run is over


@dataclass(slots=True)
class _Walk:
    standing: Standing
    now: datetime
    behind: Mapping[str, Taken]
    path: list[Taken]
    since: datetime
    reached: list[Reached] = field(default_factory=list)
    pending: list[str] = field(default_factory=list)
    look_at: datetime | None = None
    waits_for: list[str] = field(default_factory=list)

    def take(self, steps: Sequence[Node]) -> Stop | None:
        for node in steps:
            stop = self._step(node)
            if stop is not None:
                return stop
        return None

    def _step(self, node: Node) -> Stop | None:
        if isinstance(node, Step):
            return self._send(node)
        if isinstance(node, End):
            return Stop.END
        taken = self.behind.get(node.key)
        if taken is None:
            if self.pending:
                self.waits_for = list(self.pending)
                return Stop.HERE
            taken = self._decide(node)
            if taken is None:
                return Stop.HERE
            self.path.append(taken)
        self.since = taken.at
        self.pending.clear()  # what lies behind a fork was waited for, or the fork would not lie behind
        if isinstance(node, Branch):
            return self.take(node.then if taken.way == "then" else node.otherwise)
        if isinstance(node, Split):
            return self.take(next((arm.steps for arm in node.arms if arm.name == taken.way), ()))
        return None

    def _send(self, step: Step) -> Stop | None:
        if step.anchor is Anchor.PREVIOUS_STEP and self.pending:
            self.waits_for = list(self.pending)
            return Stop.HERE
        self.reached.append(Reached(step, self.since))
        row = self.standing.rows.get(step.key)
        if row is not None and row.done_at is not None:
            self.since = max(self.since, row.done_at)
        elif step.is_planned:
            self.pending.append(step.key)
        return None

    def _decide(self, node: Wait | WaitUntil | Branch | Split) -> Taken | None:
        match node:
            case Wait():
                return self._passed(node.key, WAITED, self.since + node.delay)
            case WaitUntil():
                return self._wait_until(node)
            case Branch():
                told = judge(node.condition, self.standing.known)
                because = tuple(each.as_json() for each in told.findings)
                return Taken(node.key, "then" if told.holds else "else", self.since, self.now, because)
            case Split():
                return Taken(node.key, self._arm(node), self.since, self.now)

    def _wait_until(self, node: WaitUntil) -> Taken | None:
        latest = self.since + node.at_most
        at: datetime | None
        if node.event is not None:
            at = self.standing.happened.get(node.event)
            if at is None or at > self.now:
                return self._passed(node.key, GAVE_UP, latest)
        elif node.hour is not None:
            at = next_allowed(self.since, at_time(node.hour.hour, node.hour.minute), self.standing.zone)
        else:
            at = self.standing.dates.get(node.date) if node.date is not None else None
        if at is None or at > latest:
            return self._passed(node.key, GAVE_UP, latest)
        return self._passed(node.key, HAPPENED, max(at, self.since))

    def _passed(self, key: str, way: str, at: datetime) -> Taken | None:
        if at <= self.now:
            return Taken(key, way, at, self.now)
        self.look_at = at
        return None

    def _arm(self, node: Split) -> str:
        person = self.standing.person
        seen = person.arms.get(node.experiment)
        if seen in {arm.name for arm in node.arms}:
            return str(seen)
        choices = [Choice(arm.name, arm.share) for arm in node.arms]
        return assign(node.experiment, person.shop_id, person.unit, choices)
