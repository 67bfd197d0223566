"""Go on once a return is over: what waited is looked at again, and lines left out meanwhile get a run of their own.

A parcel's message goes out without the lines of an open return. Where such a line stays with the buyer after all, its
message is still to come: a step speaks once about a line, so the parcel's own lines are never spoken of again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.flows.facts import published
from app.flows.facts.gather_items import ORDER_LINE
from app.flows.language.steps import Step, Subject
from app.flows.models import Enrollment, Flow, FollowUp, FollowUpState
from app.flows.rules.reasons import Reason
from app.kit.clock import business_now
from app.kit.queue import SENDS
from app.kit.work import ring_after_commit
from app.messages.models import MessageItem
from app.orders.models import Order
from app.orders.parcels import Fulfillment, FulfillmentLine
from app.orders.record.reversal import OPEN_STATES
from app.orders.reversals import ReturnCase, ReturnLine

HANDED_OVER = "handed_over"


def after_return(session: Session, order: Order, cases: Sequence[ReturnCase]) -> None:
    """Let go on what the order's returns held up. Without a return, or while nothing of it is over, nothing changes."""
    if not cases or all(case.status in OPEN_STATES for case in cases):
        return
    _look_again(session, order)
    _enrol_left_out(session, order, cases)


def may_plan(session: Session, run: Enrollment, sends: Iterable[Step]) -> frozenset[str]:
    """Return the keys of the steps that may be planned for a run: for a single line those its parcel has spoken."""
    if run.subject_kind != ORDER_LINE:
        return frozenset(step.key for step in sends)
    steps = [step.key for step in sends if step.about_lines]
    spoken = (
        select(FollowUp.step)
        .join(Enrollment, (Enrollment.shop_id == FollowUp.shop_id) & (Enrollment.id == FollowUp.enrollment_id))
        .where(Enrollment.shop_id == run.shop_id, Enrollment.flow_id == run.flow_id)
        .where(Enrollment.order_id == run.order_id, Enrollment.subject_kind == Subject.FULFILLMENT)
        .where(FollowUp.step.in_(steps), FollowUp.outcome == HANDED_OVER)
    )
    said = select(MessageItem.step).where(
        MessageItem.shop_id == run.shop_id, MessageItem.item_kind == ORDER_LINE, MessageItem.item_id == run.subject_id
    )
    return frozenset(session.scalars(spoken)) - frozenset(session.scalars(said))


def parcel_of(session: Session, run: Enrollment, parcels: Mapping[int, Fulfillment]) -> Fulfillment | None:
    """Return the parcel a run is about: its own, or the first that stands and carries its line."""
    if run.subject_kind == Subject.FULFILLMENT:
        return parcels.get(run.subject_id)
    if run.subject_kind != ORDER_LINE:
        return None
    carries = select(FulfillmentLine.fulfillment_id).where(
        FulfillmentLine.shop_id == run.shop_id, FulfillmentLine.order_line_id == run.subject_id
    )
    found = [parcels[each] for each in session.scalars(carries) if each in parcels]
    return min(
        (each for each in found if each.cancelled_at is None), key=lambda one: (one.shipped_at, one.id), default=None
    )


def _look_again(session: Session, order: Order) -> None:
    """Bring what waits for a return to its next look now; one that is still open holds it again."""
    now = business_now(session)
    woken = session.scalars(
        update(FollowUp)
        .where(FollowUp.shop_id == order.shop_id, FollowUp.order_id == order.id)
        .where(FollowUp.state == FollowUpState.SCHEDULED, FollowUp.reason == Reason.RETURN_OPEN, FollowUp.due_at > now)
        .values(due_at=now, postponed_until=None)
        .returning(FollowUp.id)
    ).all()
    if woken:
        ring_after_commit(session, SENDS)


def _enrol_left_out(session: Session, order: Order, cases: Sequence[ReturnCase]) -> None:
    """Start a run for each line a return has let go, where a message about its parcel went out without it.

    Of a flow that was started anew since, only what it has said itself: nothing old goes out after a reinstall.
    """
    lines = session.execute(
        select(ReturnLine.order_line_id, ReturnLine.return_case_id).where(
            ReturnLine.shop_id == order.shop_id, ReturnLine.return_case_id.in_([case.id for case in cases])
        )
    ).all()
    held = {line for line, case_id in lines if any(case.id == case_id and case.status in OPEN_STATES for case in cases)}
    free = {line for line, _ in lines} - held
    if not free:
        return
    runs = session.execute(
        select(Enrollment, FollowUp.step, FulfillmentLine.order_line_id)
        .join(FollowUp, (FollowUp.shop_id == Enrollment.shop_id) & (FollowUp.enrollment_id == Enrollment.id))
        .join(
            FulfillmentLine,
            (FulfillmentLine.shop_id == Enrollment.shop_id) & (FulfillmentLine.fulfillment_id == Enrollment.subject_id),
        )
        .join(Flow, (Flow.shop_id == Enrollment.shop_id) & (Flow.id == Enrollment.flow_id))
        .where(Enrollment.shop_id == order.shop_id, Enrollment.order_id == order.id)
        .where(Enrollment.subject_kind == Subject.FULFILLMENT)
        .where(FollowUp.outcome == HANDED_OVER, FollowUp.done_at >= Flow.started_at)
        .where(FulfillmentLine.order_line_id.in_(free))
        .order_by(Enrollment.id)
    ).all()
    documents = published.documents(session, {(run.flow_id, run.version) for run, _, _ in runs})
    items = session.execute(
        select(MessageItem.item_id, MessageItem.step).where(
            MessageItem.shop_id == order.shop_id, MessageItem.item_kind == ORDER_LINE, MessageItem.item_id.in_(free)
        )
    )
    said = {(line, step) for line, step in items}
    for run, step, line in runs:
        if documents[run.flow_id, run.version].step(step).about_lines and (line, step) not in said:
            values = {
                "shop_id": run.shop_id,
                "flow_id": run.flow_id,
                "version": run.version,
                "subject_kind": ORDER_LINE,
                "subject_id": line,
                "order_id": order.id,
                "customer_id": order.customer_id,
                "frozen": run.frozen,
                "entered_at": business_now(session),
            }
            session.execute(insert(Enrollment).values(values).on_conflict_do_nothing())
