"""Read what became of messages to a person, sent or not, and what was heard of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.flows.models import FollowUp, FollowUpState
from app.flows.pages.people.entries import Entry, Span, Whose
from app.flows.pages.why.verdicts import verdicts
from app.flows.words.decided.outcome_words import BADGES, outcome_words
from app.flows.words.described.step_words import step_name
from app.messages.hits.grade import Grade
from app.messages.models import Attempt, AttemptState, Message, MessageEvent, MessageState
from app.orders.models import Order

HEARD: Final = {
    "open": "“{step}” opened",
    "click": "Link in “{step}” followed",
    "page": "Page behind “{step}” looked at",
    "unsubscribe": "Unsubscribed through “{step}”",
}
GRADES: Final = {
    Grade.HUMAN: ("a person", "success"),
    Grade.LIKELY: ("probably a person", "info"),
    Grade.MACHINE: ("machine", "neutral"),
}
SKIPPED: Final = "skipped"
OF_A_MACHINE: Final = "By a program that checks mails. It counts for nothing and changed nothing."


def messages(session: Session, whose: Whose, span: Span) -> list[Entry]:
    """Return every follow-up that has ended: handed over with what became of it, or left out with why."""
    at = func.coalesce(Message.accepted_at, FollowUp.done_at)
    query = (
        select(FollowUp, Message, Order.name, at.label("at"))
        .join(Order, (Order.shop_id == FollowUp.shop_id) & (Order.id == FollowUp.order_id))
        .join(Message, (Message.shop_id == FollowUp.shop_id) & (Message.follow_up_id == FollowUp.id), isouter=True)
        .where(FollowUp.shop_id == whose.shop_id, FollowUp.order_id.in_(whose.orders()))
        .where(FollowUp.state == FollowUpState.DONE)
    )
    rows = session.execute(span.of(query, at)).all()
    why = verdicts(session, [row for row, message, _, _ in rows if message is None or row.outcome == SKIPPED])
    refused = _refusals(session, whose, [m.id for _, m, _, _ in rows if m and m.state is MessageState.REJECTED])
    found = []
    for row, message, order, ended_at in rows:
        title = f"{step_name(row.step)} · order {order}"
        if message is None or (row.outcome == SKIPPED and message.state is MessageState.PLANNED):
            found.append(Entry(ended_at, title, why[row.id], "Not sent", "neutral", row.id))
        elif row.outcome == SKIPPED:
            badge, tone = BADGES[message.state]
            words = f"{outcome_words(message.state)} Not sent again: {why[row.id]}"
            found.append(Entry(ended_at, title, words, badge, tone, row.id))
        else:
            badge, tone = BADGES[message.state]
            found.append(Entry(ended_at, title, _told(message, refused), badge, tone, row.id))
    return found


def heard(session: Session, whose: Whose, span: Span) -> list[Entry]:
    """Return opens and clicks, those of one kind and grade of a message as one line, and unsubscribes."""
    mine = select(FollowUp.id).where(FollowUp.shop_id == whose.shop_id, FollowUp.order_id.in_(whose.orders()))
    last = func.max(MessageEvent.happened_at)
    rows = session.execute(
        select(Message.step, MessageEvent.kind, MessageEvent.grade, last.label("at"), func.count().label("times"))
        .join(MessageEvent, (MessageEvent.shop_id == Message.shop_id) & (MessageEvent.message_id == Message.id))
        .where(Message.shop_id == whose.shop_id, Message.follow_up_id.in_(mine))
        .group_by(Message.id, Message.step, MessageEvent.kind, MessageEvent.grade)
        .having(last < span.before if span.before is not None else last.is_not(None))
        .order_by(last.desc())
        .limit(span.limit)
    )
    found = []
    for step, kind, grade, at, times in rows:
        often = f", {times} times" if times > 1 else ""
        badge, tone = GRADES[Grade(grade)] if kind != "unsubscribe" else ("", "neutral")
        detail = OF_A_MACHINE if grade == Grade.MACHINE else ""
        title = HEARD.get(kind, "“{step}” answered").format(step=step_name(step))
        found.append(Entry(at, f"{title}{often}", detail, badge, tone))
    return found


def _told(message: Message, refused: Mapping[int, str]) -> str:
    """Return what stands under a message: its subject where there is nothing else to say of it."""
    if message.state in {MessageState.PLANNED, MessageState.ACCEPTED}:
        return message.subject or ""
    return refused.get(message.id) or outcome_words(message.state)


def _refusals(session: Session, whose: Whose, ids: list[int]) -> dict[int, str]:
    """Return the mail server's own words by message."""
    rows = session.execute(
        select(Attempt.message_id, Attempt.reply_code, Attempt.reply)
        .where(Attempt.shop_id == whose.shop_id, Attempt.message_id.in_(ids), Attempt.state == AttemptState.REJECTED)
        .order_by(Attempt.n)
    )
    return {
        row.message_id: f"The mail server refused it: “{said}”."
        for row in rows
        if (said := row.reply or row.reply_code)  # the words begin with the code; an erasure takes them and leaves it
    }
