"""Hold the messages of a replay: planned, and said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.flows.facts.gather_items import ORDER_LINE
from app.flows.language.flow import FlowDocument
from app.flows.language.steps import Step
from app.flows.models import Enrollment, FollowUp
from app.flows.replay.history.past import FlowPast, OrderPast
from app.flows.replay.history.then import OrderThen
from app.flows.rules.decision import Facts, Ruling


@dataclass(frozen=True, slots=True)
class Saying:
    """Hold one planned message of the replay with everything it belongs to."""

    row: FollowUp
    run: Enrollment
    flow: FlowPast
    document: FlowDocument
    step: Step
    then: OrderThen
    past: OrderPast

    @classmethod
    def of(cls, row: FollowUp, run: Enrollment, flow: FlowPast, then: OrderThen, past: OrderPast) -> Saying:
        """Return what a row says, by the version its run follows."""
        document = flow.document(run.version)
        return cls(row, run, flow, document, document.step(row.step), then, past)


@dataclass(frozen=True, slots=True)
class Said:
    """Hold one message the replay sent, and about which lines (our ids)."""

    saying: Saying
    at: datetime
    lines: tuple[int, ...]

    @property
    def items(self) -> list[tuple[str, int]]:
        """Return what it speaks about, as a message's items name it."""
        about = [(ORDER_LINE, line) for line in self.lines] if self.saying.step.about_lines else []
        return about or [(self.saying.run.subject_kind, self.saying.run.subject_id)]


@dataclass(frozen=True, slots=True)
class Beside:
    """Hold what else the replay has planned and said so far, of the people it walks together."""

    said: Sequence[Said]
    items: Mapping[tuple[str, int, str], int]  # (kind, id, step) → the follow-up that said it
    of_order: Mapping[int, Sequence[Saying]]  # by order
    orders: Mapping[int, OrderThen]


@dataclass(frozen=True, slots=True)
class Told:
    """Hold one evaluation of the walk: about which message, when, by which facts, and what came of it."""

    saying: Saying
    at: datetime
    facts: Facts
    verdict: Ruling
