"""Tell the merchant that the mail server takes nothing of theirs, or of anybody's: what it said, and since when."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from app.channels.closed import closed
from app.flows.models import FollowUp
from app.flows.pages.home.card import Card
from app.flows.planning.by_hand.pause import waiting
from app.flows.words.count_words import counted
from app.flows.words.day_words import clock_words, day_words
from app.flows.words.described.step_words import step_name
from app.flows.words.people.who_words import CIRCUIT, MAIL_SERVER
from app.kit.clock import business_now
from app.kit.work import entered_shop
from app.orders.models import Order
from app.shops.settings import Pause, load
from app.shops.zone import shop_zone


def mail_cards(session: Session) -> list[Card]:
    """Return the cards about the way out, the merchant's own first; none while mails leave."""
    return [card for card in (_refused(session), _unusual(session), _closed(session)) if card is not None]


def _unusual(session: Session) -> Card | None:
    """Return that sending holds because far more was planned than is usual."""
    pause = load(session, Pause)
    if pause.since is None or pause.paused_by != CIRCUIT:
        return None
    words = (
        f"Since {_moment(session, pause.since)}: {pause.words}. Nothing is lost. Look at what waits; where it is right,"
        " resume, and you are not asked again for a day."
    )
    return Card("critical", "Far more was planned than is usual", words, "See what waits", "/not-sent", resumes=True)


def _refused(session: Session) -> Card | None:
    pause = load(session, Pause)
    if pause.since is None or pause.paused_by != MAIL_SERVER:
        return None
    about = _about(session, pause.follow_up_id)
    at = f", at “{step_name(about.step)}” of order {about.name}" if about is not None else ""
    planned = waiting(session).planned
    wait = counted(planned, "message waits", "messages wait") if planned else "New messages wait"
    words = (
        f"Since {_moment(session, pause.since)}{at}: “{pause.words}”. That speaks of your shop's mail, not of one"
        f" person's address. {wait}. Resume once it is put right: if the mail server still refuses, sending"
        " pauses again."
    )
    heading = "The mail server refuses your shop's mail"
    if about is None or about.customer_id is None:
        return Card("critical", heading, words, resumes=True)
    return Card("critical", heading, words, "See that message", f"/customers/{about.customer_id}", resumes=True)


def _about(session: Session, follow_up_id: int | None) -> Row[str, str, int | None] | None:
    return session.execute(
        select(FollowUp.step, Order.name, Order.customer_id)
        .join(Order, (Order.shop_id == FollowUp.shop_id) & (Order.id == FollowUp.order_id))
        .where(FollowUp.shop_id == entered_shop(session), FollowUp.id == follow_up_id)
    ).one_or_none()


def _closed(session: Session) -> Card | None:
    """Return that nobody's mail leaves: nothing a merchant could press, and nothing they should have to guess."""
    shut = closed(session)
    if shut is None:
        return None
    words = (
        f"Since {_moment(session, shut.since)} none was taken, neither yours nor another shop's: “{shut.words}”."
        " Each message is tried again by itself, about every hour, until it leaves or is too old to"
        " send."
    )
    return Card("critical", "Mails cannot leave right now", words)


def _moment(session: Session, at: datetime) -> str:
    zone = shop_zone(session)
    return f"{day_words(at, zone, business_now(session))} at {clock_words(at, zone)}"
