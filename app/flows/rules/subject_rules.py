"""Rules about what the message is about: order, lines, parcels, returns. Pure; rows 3 to 9 of the table."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from app.customers.legal_basis import MessageClass
from app.customers.wish_topics import Topic
from app.flows.language.steps import Arrival
from app.flows.rules.case import UNNUMBERED, Case, Verdict, keep, postpone, skip
from app.flows.rules.decision import Item, Looked, Sent, Skip
from app.flows.rules.left_out_rules import left_out, product_left_out
from app.flows.rules.overtaken import brings, news_of, overtaken_by
from app.flows.rules.reasons import Reason
from app.flows.timing.delays import latest_at, ready_at
from app.orders.arrival.delivery import DeliverySource

AFTER_ITS_TURN: Final = timedelta(minutes=15)  # the row that speaks for this one has spoken by then, or waits itself
# What is said of all lines where they differ: nothing is final while one may still come through.
GRAVEST: Final = (Sent.PENDING, Sent.UNKNOWN, Sent.ACCEPTED, Sent.REFUSED)
FULLY_REFUNDED: Final = "refunded"
VOIDED: Final = "voided"
FRAUD: Final = "fraud"


def not_said_before(case: Case) -> Verdict:
    """Skip what an earlier message of this step has said, or may have said; wait for one that is still on its way.

    What one message said of several parcels has one end for all of them: refused for good, it is refused for each.
    """
    sent = case.facts.follow_up.sent
    lines = keep(case.lines, lambda line: line.sent is Sent.NEVER) if case.step.about_lines else case.lines
    if sent is Sent.NEVER and case.lines and not lines:
        sent = next(each for each in GRAVEST if any(line.sent is each for line in case.lines))
    match sent:
        case Sent.NEVER:
            return lines
        case Sent.PENDING if case.now >= case.facts.follow_up.expires_at:
            return case.lines  # the next rule says that it is too old
        case Sent.PENDING:
            until = max(case.facts.follow_up.spoken_for_at or case.now, case.now) + AFTER_ITS_TURN
            return postpone(until, Reason.TOGETHER, sent=sent)
        case Sent.REFUSED:
            return skip(Reason.REJECTED, sent=sent)
    return skip(Reason.ALREADY_SENT, sent=sent)


def still_news(case: Case) -> Verdict:
    """Skip what is past its age, and news of a parcel that something newer has overtaken."""
    if case.now >= case.facts.follow_up.expires_at:
        return Skip(Reason.STALE, UNNUMBERED, age(case))
    news = news_of(case.step, case.facts.flow.trigger)
    if news is not None:
        for line in case.lines:
            at = line.reported_at
            if at is not None and at <= case.now and line.delivered_source is not DeliverySource.DIGITAL:
                return skip(Reason.OVERTAKEN, delivered_at=at, source=line.delivered_source)
            newer = overtaken_by(news, line)
            if newer is not None:
                return skip(Reason.OVERTAKEN, shipment_status=newer)
    return case.lines


def age(case: Case) -> Looked:
    """Return what the rule about age looks at."""
    row = case.facts.follow_up
    return {"expires_at": row.expires_at.isoformat(), "waited_for": row.waited_for}


def order_stands(case: Case) -> Verdict:
    """Skip a deleted order's messages, and all but transactional ones of an order that was undone or is a test."""
    order = case.facts.order
    if order.deleted_at is not None:
        return skip(Reason.ORDER_DELETED, deleted_at=order.deleted_at)
    if case.step.message_class is MessageClass.TRANSACTIONAL:
        return case.lines
    if order.is_test:
        return skip(Reason.TEST_ORDER, is_test=True)
    if order.cancelled_at is not None:
        fraud = (order.cancel_reason or "").lower() == FRAUD
        reason = Reason.ORDER_FRAUD if fraud else Reason.ORDER_CANCELLED
        return skip(reason, cancelled_at=order.cancelled_at, cancel_reason=order.cancel_reason)
    status = (order.financial_status or "").lower()
    if status == VOIDED:
        return skip(Reason.ORDER_VOIDED, financial_status=status)
    if status == FULLY_REFUNDED:
        return skip(Reason.ORDER_REFUNDED, financial_status=status, refunded_at=order.refunded_at)
    return case.lines


def something_left(case: Case) -> Verdict:
    """Take out lines that are refunded, returned, removed or left out by the merchant; skip when none is left.

    Nothing is left either where the flow's profile conditions no longer hold: they are asked before every message.
    """
    if case.facts.profile.ended == Reason.EXITED:
        return skip(Reason.EXITED)
    if not case.facts.profile.holds:
        return skip(Reason.PROFILE, against="; ".join(case.facts.profile.against))
    whole = left_out(case)
    if whole is not None:
        return whole
    left = keep(case.lines, lambda line: _gone(case, line) is None)
    if left:
        return left
    reasons = {_gone(case, line) for line in case.lines}
    reason = (reasons.pop() if len(reasons) == 1 else None) or Reason.NOTHING_LEFT
    order = case.facts.order
    known = {Reason.ORDER_CANCELLED: order.cancelled_at, Reason.ITEMS_RETURNED: order.returned_at}
    return skip(reason, lines=len(case.lines), at=known.get(reason, order.refunded_at))


def _gone(case: Case, line: Item) -> Reason | None:
    """Return why one line no longer counts, or None."""
    if line.parcel_cancelled:
        return Reason.PARCEL_CANCELLED
    if line.returned:
        return Reason.ITEMS_RETURNED
    if line.refunded:
        return Reason.ITEMS_REFUNDED
    if case.facts.order.cancelled_at is not None and line.fulfillment_id is None:
        return Reason.ORDER_CANCELLED  # nothing of it will ever be sent: no thanks for it either
    if line.current_quantity <= 0:
        return Reason.ITEMS_REMOVED
    if case.step.topic is Topic.SHIPPING and not line.requires_shipping:
        return Reason.NOTHING_TO_SHIP
    if brings(case.step, case.facts.flow.trigger) and line.delivered_source is DeliverySource.MERCHANT:
        return Reason.NOTHING_TO_SHIP  # fetched at the counter: who has it knows
    if case.step.about_lines and line.is_gift_card:
        return Reason.GIFT_CARD
    return product_left_out(case, line)


def no_return_open(case: Case) -> Verdict:
    """Leave out lines that are in an open return or that the buyer says have not come; wait where that is all of them.

    What speaks about the order as a whole waits for any of its returns. News of the order goes out all the same.
    """
    if case.step.is_news:
        return case.lines
    holding = case.facts.open_returns
    left = keep(case.lines, lambda line: line.denied_until is None or line.denied_until <= case.now)
    if case.step.about_lines:
        left = keep(left, lambda line: not any(each.is_about(line) for each in holding))
        holding = tuple(each for each in holding if any(each.is_about(line) for line in case.lines))
    elif holding:
        left = ()
    if left == case.lines or any(_open(case, line) for line in left):
        return left
    if not holding:
        denied = min(line.denied_until for line in case.lines if line.denied_until is not None)
        return postpone(denied, Reason.NOT_RECEIVED, denied_until=denied)
    first = min(holding, key=lambda each: each.opened_at)
    return postpone(case.now + case.limits.recheck, Reason.RETURN_OPEN, name=first.name, opened_at=first.opened_at)


def in_hand(case: Case) -> Verdict:
    """Wait for lines that have not arrived, or not long enough ago, up to the step's latest day."""
    if case.step.arrival is Arrival.NOT_NEEDED:
        return case.lines
    if case.step.arrival is Arrival.KNOWN:
        return _arrival_known(case)
    spoken_for_at = case.facts.follow_up.spoken_for_at
    if spoken_for_at is not None:
        until = max(spoken_for_at, case.now) + AFTER_ITS_TURN
        return postpone(until, Reason.TOGETHER, parcels=len({line.fulfillment_id for line in case.lines}))
    here = keep(case.lines, lambda line: _ready(case, line) <= case.now)
    late = [line for line in case.lines if line not in here and _open(case, line) and line.reported_at is not None]
    if late:  # they arrived together: nobody is asked about the first before the last has had its time
        last = max(late, key=lambda line: _ready(case, line))
        return _wait_for(case, last, _ready(case, last))
    if any(_open(case, line) for line in here):
        return here
    waiting = [line for line in case.lines if line not in here and _open(case, line)]
    if not waiting:
        return case.lines  # only the goal stops these, and the next rule says so
    first = min(waiting, key=lambda line: _ready(case, line))
    return _wait_for(case, first, _ready(case, first))


def _arrival_known(case: Case) -> Verdict:
    """Let a message that says "it arrived" pass only once somebody reported it."""
    reported = [line.reported_at for line in case.lines if line.reported_at is not None]
    if any(at <= case.now for at in reported):
        return case.lines
    first = min(case.lines, key=lambda line: _ready(case, line))
    until = min(reported) if reported else _ready(case, first)
    if until <= case.now:
        return skip(Reason.DELIVERY_UNCONFIRMED, shipped_at=first.shipped_at, latest_at=until)
    return _wait_for(case, first, until)


def _ready(case: Case, line: Item) -> datetime:
    """Return from when on the step may speak about a line; before a shipment exists, when to look again."""
    if line.reported_at is not None:
        return ready_at(case.step, line.reported_at, case.zone, case.facts.calendar)
    latest = latest_at(case.step, line.shipped_at)
    if latest is None:
        return case.now + case.limits.recheck
    likely = case.facts.inferred(line)
    return min(latest, ready_at(case.step, likely.at, case.zone, case.facts.calendar)) if likely else latest


def _wait_for(case: Case, line: Item, until: datetime) -> Verdict:
    if line.reported_at is not None:
        return postpone(until, Reason.TOO_SOON, delivered_at=line.reported_at, source=line.delivered_source)
    likely = case.facts.inferred(line)
    return postpone(
        until,
        Reason.NOT_DELIVERED,
        shipped_at=line.shipped_at,
        tracked=line.tracked,
        latest_at=latest_at(case.step, line.shipped_at) or until,
        inferred_at=likely.at if likely else None,
        sure_percent=likely.percent if likely else None,
    )


def goal_open(case: Case) -> Verdict:
    """Leave out lines the step has reached its goal with; skip when that is all, or the flow has reached its."""
    if case.facts.profile.ended == Reason.GOAL_REACHED:
        return skip(Reason.GOAL_REACHED)
    left = keep(case.lines, lambda line: _open(case, line))
    if left:
        return left
    if case.step.message_class is MessageClass.REVIEW_ASK:
        return skip(Reason.ALREADY_REVIEWED, lines=len(case.lines))
    last = max((line.reordered_at for line in case.lines if line.reordered_at is not None), default=None)
    return skip(Reason.ALREADY_REORDERED, lines=len(case.lines), reordered_at=last)


def _open(case: Case, line: Item) -> bool:
    """Say whether the step still has a goal with this line: a review, or for promotion that it is bought again."""
    match case.step.message_class:
        case MessageClass.REVIEW_ASK:
            return not line.reviewed
        case MessageClass.MARKETING | MessageClass.MIXED:
            return line.reordered_at is None
        case _:
            return True
