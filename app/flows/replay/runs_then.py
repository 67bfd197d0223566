"""Say of a run of a replay what production asks its tables: its parcel, what it may speak, who ordered again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from app.flows.facts.gather_groups import HANDED_OVER
from app.flows.facts.gather_items import ORDER_LINE
from app.flows.language.conditions.judge import Judged
from app.flows.language.flow import FlowDocument
from app.flows.language.happenings import Happening
from app.flows.language.steps import Subject
from app.flows.models import Enrollment, Flow, FollowUp, FollowUpState
from app.flows.planning.enrol import FILTERED
from app.flows.replay.history.rows import run_row
from app.flows.replay.history.then import OrderThen
from app.flows.replay.saying import Saying
from app.flows.runs.advance import Advanced
from app.flows.runs.path import Taken, path_json
from app.flows.runs.triggers import Occasion, first_happened
from app.orders.models import Order
from app.orders.parcels import Fulfillment
from app.orders.record.reversal import OPEN_STATES
from app.reviews.models import Review

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


def happened_to(
    then: OrderThen,
    reviews: Sequence[Review],
    parcel: Fulfillment | None,
    orders: Iterable[OrderThen],
    now: datetime,
) -> Mapping[Happening, datetime]:
    """Return what has happened to a run's subject. `orders` are all of the person's that were known."""
    return first_happened(
        then.story(tuple(reviews), now),
        parcel_id=parcel.id if parcel is not None else None,
        ordered_again_at=again_at(then, orders, now),
        reviewed_at=min((each.submitted_at for each in reviews if each.submitted_at <= now), default=None),
    )


def is_over(run: Enrollment, rows: Mapping[str, FollowUp], told: Advanced) -> bool:
    """Say of a run that has come through whether nothing that happens can make it speak again."""
    said = (row.state is FollowUpState.DONE for each in told.reached if (row := rows.get(each.step.key)) is not None)
    planned = sum(each.step.is_planned for each in told.reached)
    return run.subject_kind != ORDER_LINE and len(rows) >= planned and all(said)


def new_run(
    flow: Flow, number: int, order: Order, about: tuple[str, int], occasion: Occasion | None, now: datetime
) -> Enrollment:
    """Return a run of a version of a flow about a subject (its kind, our id); a single line's has no occasion."""
    values = {"shop_id": order.shop_id, "flow_id": flow.id, "order_id": order.id, "customer_id": order.customer_id}
    return run_row(
        **values,
        version=number,
        subject_kind=about[0],
        subject_id=about[1],
        occurrence=occasion.occurrence if occasion is not None else 0,
        started_at=occasion.at if occasion is not None else None,
        entered_at=now,
        frozen={},
        path=[],
    )


def filter_run(run: Enrollment, answer: Judged, occasion: Occasion, now: datetime) -> None:
    """End a run its trigger's filter does not let in, as it is kept: asked once, with what was found."""
    if not answer.holds:
        because = tuple(each.as_json() for each in answer.findings)
        run.ended_at, run.ended_reason = now, FILTERED
        run.path = path_json([Taken("trigger", FILTERED, occasion.at, now, because)])
