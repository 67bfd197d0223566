"""What a flow consists of: a trigger, conditions, and steps as a tree. Pure.

A run takes the steps in order. A branch or a split goes on with one of its ways and then with what stands after it;
`end` ends the run wherever it stands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import time, timedelta
from typing import TypeAlias

from app.flows.language.conditions.judge import Condition
from app.flows.language.happenings import SUBJECTS, Event, Happening, Moment
from app.flows.language.steps import Step, Subject


@dataclass(frozen=True, slots=True)
class Trigger:
    """Say what starts a run. `condition` is asked once, at entry; `days` belongs to `days_without_order`."""

    on: Event
    condition: Condition | None = None
    days: int | None = None


@dataclass(frozen=True, slots=True)
class Exit:
    """Say what ends a run early: something that happens, or a condition that comes true."""

    on: tuple[Happening, ...] = ()
    condition: Condition | None = None


@dataclass(frozen=True, slots=True)
class Goal:
    """Say what the flow is for: reached within the window after entry, the run has done its work and ends."""

    event: Happening
    window: timedelta


@dataclass(frozen=True, slots=True)
class Wait:
    """Let time pass, counted from what stands before it."""

    key: str
    delay: timedelta


@dataclass(frozen=True, slots=True)
class WaitUntil:
    """Wait for something that happens, for an hour of the recipient's day or for a date; exactly one of the three.

    After `at_most` the run goes on without it: nothing waits for ever.
    """

    key: str
    at_most: timedelta
    event: Happening | None = None
    hour: time | None = None
    date: Moment | None = None


@dataclass(frozen=True, slots=True)
class Branch:
    """Go one way where the condition holds and the other where it does not, or where nobody can tell."""

    key: str
    condition: Condition
    then: tuple[Node, ...] = ()
    otherwise: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class Arm:
    """One way of a split, and its share of the people."""

    name: str
    share: int
    steps: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class Split:
    """Try several ways: the same person always goes the same one in the same experiment."""

    key: str
    experiment: str
    arms: tuple[Arm, ...]


@dataclass(frozen=True, slots=True)
class End:
    """End the run."""

    key: str


Node: TypeAlias = Step | Wait | WaitUntil | Branch | Split | End


@dataclass(frozen=True, slots=True)
class FlowDocument:
    """One version of a flow. `profile` is asked again before every message; `None` asks nothing.

    `gone` is no part of the document: whoever reads a version that is kept is told what its predecessors sent.
    """

    key: str
    name: str
    trigger: Trigger
    steps: tuple[Node, ...]
    profile: Condition | None = None
    exit: Exit = Exit()
    goal: Goal | None = None
    gone: tuple[Step, ...] = field(
        default=(), compare=False
    )  # messages of older versions: rows of them are still there
    _by_key: Mapping[str, Step] = field(init=False, repr=False, compare=False)  # asked several times for each row

    def __post_init__(self) -> None:
        by_key = {step.key: step for step in reversed((*self.sends, *self.gone))}  # the first of a key counts
        object.__setattr__(self, "_by_key", by_key)

    @property
    def subject(self) -> Subject:
        """Return what one run is about."""
        return SUBJECTS[self.trigger.on]

    @property
    def sends(self) -> tuple[Step, ...]:
        """Return every message of the flow, on whichever way, in the order they are written."""
        return tuple(node for node in nodes(self.steps) if isinstance(node, Step))

    def step(self, key: str) -> Step:
        """Return one message, of an older version where this one has dropped it; KeyError where no version had it."""
        return self._by_key[key]


def nodes(steps: tuple[Node, ...]) -> Iterator[Node]:
    """Yield every step of a tree in the order it is written."""
    for node in steps:
        yield node
        for _, way in ways(node):
            yield from nodes(way)


def ways(node: Node) -> tuple[tuple[str, tuple[Node, ...]], ...]:
    """Return the ways a step forks into, by name; none for one that does not fork."""
    if isinstance(node, Branch):
        return (("then", node.then), ("else", node.otherwise))
    if isinstance(node, Split):
        return tuple((arm.name, arm.steps) for arm in node.arms)
    return ()


def change_sends(flow: FlowDocument, change: Callable[[Step], Step]) -> FlowDocument:
    """Return the flow with every message changed by `change`, wherever it stands."""

    def changed(steps: tuple[Node, ...]) -> tuple[Node, ...]:
        return tuple(_changed(node) for node in steps)

    def _changed(node: Node) -> Node:
        match node:
            case Step():
                return change(node)
            case Branch():
                return replace(node, then=changed(node.then), otherwise=changed(node.otherwise))
            case Split():
                return replace(node, arms=tuple(replace(arm, steps=changed(arm.steps)) for arm in node.arms))
            case _:
                return node

    return replace(flow, steps=changed(flow.steps))
