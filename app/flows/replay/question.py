"""Put a question to the past, page by page: what a flow would have sent, and what two of them do differently.

A page is some people with all their orders. Answers of pages are added up, in any order and on any process.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from app.flows.language.flow import FlowDocument
from app.flows.replay.history import load
from app.flows.replay.history.past import Past
from app.flows.replay.replay import as_if, replay
from app.flows.replay.report import NOTHING, SAME, Difference, Outcome, Report, difference, report
from app.flows.replay.samples import Samples, both, samples

PAGE: Final = 1_000  # orders: few enough to hold, many enough that asking for them costs little


@dataclass(frozen=True, slots=True)
class Question:
    """Ask what a flow would have sent from `since` until `until`, and what otherwise than `against`.

    Without a document, what happened is asked for again.
    """

    since: datetime
    until: datetime
    document: FlowDocument | None = None
    against: FlowDocument | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """Hold the answer of one page or of several. `outcomes` are kept where what happened is asked for again."""

    report: Report = NOTHING
    difference: Difference = SAME
    outcomes: tuple[Outcome, ...] = ()
    orders: int = 0
    samples: Samples = field(default_factory=dict)

    def __add__(self, other: Answer) -> Answer:
        """Return the answer for both, which share nobody."""
        return Answer(
            self.report + other.report,
            self.difference + other.difference,
            self.outcomes + other.outcomes,
            self.orders + other.orders,
            both(self.samples, other.samples),
        )


def pages(people: Sequence[Sequence[int]], most: int = PAGE) -> Iterator[list[int]]:
    """Yield order ids in pages of about `most`, everybody's orders on one page."""
    found: list[int] = []
    for orders in people:
        if found and len(found) + len(orders) > most:
            yield found
            found = []
        found += orders
    if found:
        yield found


def answer(session: Session, around: Past, question: Question, ids: Sequence[int]) -> Answer:
    """Return the answer for some people's orders."""
    return answer_of(load.page(session, around, ids), question)


def answer_of(past: Past, question: Question) -> Answer:
    """Return the answer for a past that was read."""
    if question.document is None:
        found = replay(past, question.until)
        kept = tuple(each for each in found if each.sent and each.at >= question.since)
        return Answer(report(found, question.since, question.until), outcomes=kept, orders=len(past.orders))
    new = replay(as_if(past, question.document, question.since), question.until)
    old, differs = None, SAME
    if question.against is not None:
        old = replay(as_if(past, question.against, question.since), question.until)
        differs = difference(old, new)
    told = report(new, question.since, question.until)
    return Answer(told, differs, orders=len(past.orders), samples=samples(new, old, question.since))
