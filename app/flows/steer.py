"""What the outbox asks the plan: who may still be handed off, under lock, and what an outcome means."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.channels.base import Scope
from app.customers.models import Customer, SuppressionScope
from app.customers.suppress import suppress
from app.flows.decision import Limits, Send
from app.flows.gather import Gathered, gather
from app.flows.guard import decide
from app.flows.models import Enrollment, Flow, FollowUp, FollowUpState
from app.flows.reasons import Reason
from app.flows.record_decision import finish, record
from app.kit.clock import business_now
from app.kit.work import entered_shop
from app.messages.models import AttemptState, Message
from app.messages.outbox import Outcome, Prepared, Steering
from app.messages.prepare import withdraw
from app.orders.models import Order
from app.shops.models import Shop


def may_hand_off(session: Session, group: Sequence[Prepared]) -> set[int]:
    """Lock what could change the answer, decide anew, and return the messages that may go. The rest is recorded.

    Whoever unsubscribes, refunds, pauses or uninstalls takes the same locks: their commit comes before ours and is
    seen here, or after ours and finds the message gone. Lock order: shop, flow, order, person, row.
    """
    mine = _lock(session, group)
    now = business_now(session)
    allowed: set[int] = set()
    for one in gather(session, list(mine)):
        prepared, row = mine[one.follow_up.id], one.follow_up
        verdict = decide(one.facts, Limits(), now)
        if not isinstance(verdict, Send):
            withdraw(session, prepared.message_id)
            record(session, row, one.facts, verdict, now)
        elif not _says(prepared, one, verdict):
            # A line was refunded while the words were written: they are written again without it.
            withdraw(session, prepared.message_id)
            row.state, row.due_at, row.lease_until = FollowUpState.SCHEDULED, now, None
        else:
            row.state, row.outcome, row.reason = FollowUpState.DONE, "handed_over", None
            row.done_at, row.message_id, row.lease_until = now, prepared.message_id, None
            allowed.add(prepared.message_id)
    session.flush()
    return allowed


def settle(session: Session, outcomes: Sequence[Outcome]) -> None:
    """Carry out what outcomes mean: a deferred message comes due again, a dead address is suppressed."""
    now = business_now(session)
    shop_id = entered_shop(session)
    for outcome in outcomes:
        if outcome.state is AttemptState.REJECTED and outcome.scope is Scope.ADDRESS:
            _suppress(session, outcome)
        row = session.get_one(FollowUp, (shop_id, outcome.prepared.follow_up_id), with_for_update=True)
        if outcome.state is AttemptState.DEFERRED and outcome.retry_in is not None:
            row.state, row.outcome, row.reason, row.done_at = FollowUpState.SCHEDULED, None, None, None
            row.due_at, row.lease_until = now + outcome.retry_in, None
        elif outcome.state is AttemptState.REJECTED:
            finish(row, Reason.REJECTED, now)
            row.outcome, row.message_id = "handed_over", outcome.prepared.message_id


STEERING = Steering(may_hand_off=may_hand_off, settle=settle)


def _says(prepared: Prepared, one: Gathered, verdict: Send) -> bool:
    return not one.step.about_lines or set(prepared.about) == set(verdict.lines)


def _lock(session: Session, group: Sequence[Prepared]) -> dict[int, Prepared]:
    """Lock shop, flows, orders, people and rows; return the prepared messages whose claim is still ours."""
    shop_id = entered_shop(session)
    ids = [each.follow_up_id for each in group]
    session.execute(select(Shop.id).where(Shop.id == shop_id).with_for_update(read=True)).all()
    runs = select(FollowUp.enrollment_id).where(FollowUp.shop_id == shop_id, FollowUp.id.in_(ids))
    flows = select(Enrollment.flow_id).where(Enrollment.shop_id == shop_id, Enrollment.id.in_(runs))
    session.execute(
        select(Flow.id).where(Flow.shop_id == shop_id, Flow.id.in_(flows)).order_by(Flow.id).with_for_update(read=True)
    ).all()
    orders = session.execute(
        select(Order.id, Order.customer_id, Order.email)
        .where(
            Order.shop_id == shop_id,
            Order.id.in_(select(FollowUp.order_id).where(FollowUp.shop_id == shop_id, FollowUp.id.in_(ids))),
        )
        .order_by(Order.id)
        .with_for_update(read=True)
    ).all()
    session.execute(
        select(Customer.id)
        .where(
            Customer.shop_id == shop_id,
            or_(
                Customer.id.in_([row.customer_id for row in orders if row.customer_id is not None]),
                Customer.email.in_([row.email for row in orders if row.email is not None]),
            ),
        )
        .order_by(Customer.id)
        .with_for_update()
    ).all()
    rows = session.execute(
        select(FollowUp.id, FollowUp.fence)
        .where(FollowUp.shop_id == shop_id, FollowUp.id.in_(ids), FollowUp.state == FollowUpState.CLAIMED)
        .order_by(FollowUp.id)
        .with_for_update()
    )
    fences = {row.id: row.fence for row in rows}
    return {each.follow_up_id: each for each in group if fences.get(each.follow_up_id) == each.fence}


def _suppress(session: Session, outcome: Outcome) -> None:
    message = session.get_one(Message, (entered_shop(session), outcome.prepared.message_id))
    suppress(
        session,
        message.recipient,
        scope=SuppressionScope.ADDRESS,
        reason="hard_bounce",
        at=business_now(session),
        detail=outcome.reply,
    )
