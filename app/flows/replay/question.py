"""Put a question to the past, page by page: what a flow would have sent, and what two of them do differently.

A page is some people with all their orders. Answers of pages are added up, in any order and on any process.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from app.flows.language.flow import FlowDocument
from app.flows.replay.history import load
from app.flows.replay.history.past import Past
from app.flows.replay.replay import as_if, replay
from app.flows.replay.report import NOTHING, SAME, Difference, Outcome, Report, difference, report

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

    def __add__(self, other: Answer) -> Answer:
        """Return the answer for both, which share nobody."""
        return Answer(
            self.report + other.report,
            self.difference + other.difference,
            self.outcomes + other.outcomes,
            self.orders + other.orders,
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
    other = SAME
    if question.against is not None:
        other = difference(replay(as_if(past, question.against, question.since), question.until), new)
    return Answer(report(new, question.since, question.until), other, orders=len(past.orders))
