"""Say when the next review request goes out: what a merchant without reviews wants to know."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.customers.legal_basis import MessageClass
from app.flows.facts import published
from app.flows.models import FollowUp, FollowUpState
from app.flows.words.count_words import counted
from app.flows.words.day_words import clock_words, on_day
from app.kit.clock import business_now
from app.kit.work import entered_shop
from app.messages.models import Message
from app.shops.zone import shop_zone


def next_ask(session: Session) -> str:
    """Return one or two sentences about the entered shop's review requests."""
    shop_id, now, zone = entered_shop(session), business_now(session), shop_zone(session)
    steps = {
        step.key
        for _, document in published.current(session).values()
        for step in document.sends
        if step.message_class is MessageClass.REVIEW_ASK
    }
    due = session.scalar(
        select(func.min(FollowUp.due_at)).where(
            FollowUp.shop_id == shop_id, FollowUp.step.in_(steps), FollowUp.state == FollowUpState.SCHEDULED
        )
    )
    asked = session.scalar(
        select(func.count(Message.id)).where(
            Message.shop_id == shop_id, Message.step.in_(steps), Message.accepted_at.is_not(None)
        )
    )
    before = f"{counted(asked, 'person has', 'people have')} been asked so far. " if asked else ""
    which = "next" if asked else "first"
    if due is not None:
        when = "now" if due <= now else f"{on_day(due, zone, now)} at {clock_words(due, zone)}"
        return f"{before}The {which} request goes out {when}."
    if not published.is_running(session):
        return f"{before}No request is planned: no flow is running. Start, and people are asked a week after arrival."
    return f"{before}The {which} request is planned once a parcel is sent."
