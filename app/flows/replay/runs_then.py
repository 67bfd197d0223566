"""Say of a run of a replay what production asks its tables: its parcel, what it may speak, who ordered again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from app.flows.facts.gather_groups import HANDED_OVER
from app.flows.facts.gather_items import ORDER_LINE
from app.flows.language.flow import FlowDocument
from app.flows.language.steps import Subject
from app.flows.models import Enrollment
from app.flows.replay.history.then import OrderThen
from app.flows.replay.saying import Saying
from app.orders.parcels import Fulfillment
from app.orders.record_reversal import OPEN_STATES

Items = Mapping[tuple[str, int, str], int]


def parcel_then(run: Enrollment, then: OrderThen) -> Fulfillment | None:
    """Return the parcel a run is about: its own, or the first that stands and carries its line."""
    if run.subject_kind == Subject.FULFILLMENT:
        return then.parcels.get(run.subject_id)
    if run.subject_kind != ORDER_LINE:
        return None
    carrying = [then.parcels[number] for number, lines in then.packed.items() if run.subject_id in lines]
    standing = [each for each in carrying if each.cancelled_at is None]
    return min(standing, key=lambda each: (each.shipped_at, each.id), default=None)


def may_speak(run: Enrollment, document: FlowDocument, sayings: Sequence[Saying], items: Items) -> set[str]:
    """Return what may be said about a single line: what its parcels' messages said, and not about this line."""
    steps = {step.key for step in document.sends if step.about_lines}
    spoken = {
        each.row.step
        for each in sayings
        if each.run.flow_id == run.flow_id and each.run.subject_kind == Subject.FULFILLMENT
        if each.row.outcome == HANDED_OVER
    }
    return {step for step in steps & spoken if (ORDER_LINE, run.subject_id, step) not in items}


def left_out(
    then: OrderThen, sayings: Sequence[Saying], runs: Sequence[Enrollment], items: Items
) -> Iterator[tuple[Enrollment, int]]:
    """Yield lines that returns have let go and their parcel's message went out without, each with the parcel's run."""
    held = {line for case in then.cases.values() if case.status in OPEN_STATES for line in then.coming_back[case.id]}
    free = {line for lines in then.coming_back.values() for line in lines} - held
    have = {(each.flow_id, each.subject_id) for each in runs if each.subject_kind == ORDER_LINE}
    for saying in list(sayings):
        run, step = saying.run, saying.step
        if run.subject_kind == Subject.FULFILLMENT and saying.row.outcome == HANDED_OVER and step.about_lines:
            for line in sorted(free & set(then.packed.get(run.subject_id, {}))):
                if (ORDER_LINE, line, step.key) not in items and (run.flow_id, line) not in have:
                    have.add((run.flow_id, line))
                    yield run, line


def again_at(then: OrderThen, orders: Iterable[OrderThen], now: datetime) -> datetime | None:
    """Return when the same person next ordered."""
    mine = then.order
    others = [each.order for each in orders if mine.customer_id and each.order.customer_id == mine.customer_id]
    return min(
        (
            other.placed_at
            for other in others
            if mine.placed_at < other.placed_at <= now
            if other.cancelled_at is None and other.deleted_at is None and not other.is_test
        ),
        default=None,
    )
