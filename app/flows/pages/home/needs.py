"""Find what only the merchant can put right: at most three things, the gravest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.flows.facts.people import full_name, with_buyer
from app.flows.models import Deed, Did, FollowUp, FollowUpState
from app.flows.pages.home.card import Card
from app.flows.pages.home.mail_cards import mail_cards
from app.flows.planning.by_hand.halt import halted
from app.flows.rules.reasons import Reason
from app.flows.syncing.audit import silent
from app.flows.words.count_words import counted
from app.flows.words.day_words import on_day
from app.flows.words.decided.again_words import OPENS
from app.flows.words.decided.outcome_words import MAY_HAVE_LEFT, UNANSWERED
from app.flows.words.described.step_words import step_name
from app.flows.words.people import access_words
from app.kit.clock import business_now, real_now
from app.kit.epoch import waits_for
from app.kit.work import entered_shop
from app.messages.models import Message, MessageState
from app.reviews.models import Review
from app.reviews.states import ReviewState
from app.shopify.models import InboxState, WebhookInbox
from app.shops.data_access import is_open
from app.shops.models import Shop, ShopStatus
from app.shops.zone import shop_zone

MOST: Final = 3
RECENT: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Case:
    """One message or webhook behind a card."""

    title: str
    detail: str
    at: datetime
    customer_id: int | None = None
    follow_up_id: int | None = None  # where something can be decided about it
    opens: str = ""


def cards(session: Session) -> list[Card]:
    """Return what needs the merchant, at most three."""
    shop_id = entered_shop(session)
    found = mail_cards(session)
    restoration = waits_for(session, shop_id)
    if restoration is not None and restoration.released_at is not None:
        words = (
            "Since then Shopify has not let us read your shop, and what we know of it is old. Nothing is sent on it;"
            " messages go on by themselves once it was read again."
        )
        found.insert(0, Card("critical", "Our records were put back from a backup", words))
    elif restoration is not None:
        words = (
            "They do not know what was sent since they were saved. Whoever runs Welltimed compares them with the mail"
            " server's log; until then nothing is sent, so that nothing is sent twice."
        )
        found.insert(0, Card("critical", "Our records were put back from a backup", words))
    if halted(session) is not None:
        words = (
            "Far more was planned for many shops than is usual, or something looked wrong. Whoever runs Welltimed looks"
            " at it and lets it go on; there is nothing for you to do. What is over a day late by then is left out,"
            " unless they choose otherwise."
        )
        found.insert(0, Card("critical", "All messages wait", words))
    shop = session.get_one(Shop, shop_id)
    if shop.status is ShopStatus.NEEDS_RECONNECTION:
        words = (
            "Shopify no longer accepts our access. Everything waits; nothing is lost. Open the app again to reconnect:"
            " what waits goes on once your shop was read again."
        )
        found.append(Card("critical", "Your store is disconnected", words))
    if not is_open(session):
        words = f"{access_words.NOT_OPEN} {access_words.TO_DO} {access_words.GOES_ON}"
        found.append(Card("warning", "Waiting for access to customer data", words))
    found += _message_cards(session)
    found += _review_cards(session)
    missed = silent(session)
    if missed:
        named = ", ".join(f"{each['topic']} ({each['found']})" for each in missed)
        words = (
            f"In three days we found things at your shop that no notice told us of: {named}. Messages go on, up"
            " to a quarter hour late. Whoever runs Welltimed deploys the app's configuration to Shopify again."
        )
        found.append(Card("warning", "Some notices from Shopify do not arrive", words))
    parked = len(_parked(session, shop))
    if parked:
        heading = f"{counted(parked, 'notice')} from Shopify could not be read"
        found.append(
            Card("info", heading, "What they said is checked again every quarter hour.", "Look", "/needs/parked")
        )
    return found[:MOST]


def _review_cards(session: Session) -> list[Card]:
    """Return the card about reviews that wait for a decision, with the day the first of them is published without."""
    held = (Review.shop_id == entered_shop(session), Review.state == ReviewState.PENDING)
    waiting, first = session.execute(select(func.count(), func.min(Review.decides_at)).where(*held)).one()
    if not waiting:
        return []
    zone, now = shop_zone(session), business_now(session)
    on = f"; the first {on_day(first, zone, now)}" if first is not None else ""
    words = (
        "There is a link, an address or a number in it. What nobody decides about in 14 days is published by itself,"
        f" without that{on}."
    )
    return [Card("info", f"{counted(waiting, 'review waits', 'reviews wait')} for you", words, "Decide", "/reviews")]


def _message_cards(session: Session) -> list[Card]:
    """Return the cards about messages that came to nothing, or may have."""
    found = []
    unknown = _count(session, Message, *_undecided(session))
    if unknown:
        heading = f"{counted(unknown, 'message')} {MAY_HAVE_LEFT}"
        found.append(Card("warning", heading, "We never send twice by ourselves.", "Look", "/needs/unknown"))
    broken = _count(session, FollowUp, FollowUp.reason == Reason.RENDER_ERROR, FollowUp.done_at >= _since(session))
    if broken:
        heading = f"{counted(broken, 'mail')} could not be written"
        found.append(Card("warning", heading, "A field the mail needs was missing.", "See which", "/needs/unwritten"))
    failed = _count(session, FollowUp, FollowUp.reason == Reason.FAILED, FollowUp.done_at >= _since(session))
    if failed:
        heading = f"{counted(failed, 'message')} failed on our side"
        words = "Each was tried several times. Nothing was sent, and nothing more is tried."
        found.append(Card("warning", heading, words, "See which", "/needs/failed"))
    return found


def unknown(session: Session) -> list[Case]:
    """Return the messages nobody knows the end of, and nobody has decided about."""
    rows = session.execute(
        with_buyer(Message)
        .where(Message.shop_id == entered_shop(session), *_undecided(session))
        .order_by(Message.created_at.desc())
        .limit(100)
    )
    return [
        Case(
            f"{full_name(customer, order)}: {step_name(message.step)}",
            f"Order {order.name}. {UNANSWERED}.",
            message.created_at,
            order.customer_id,
            message.follow_up_id,
            OPENS[Did.SENT_AGAIN],
        )
        for message, order, customer in rows
    ]


def _undecided(session: Session) -> tuple[ColumnElement[bool], ...]:
    """Return what holds of messages that may have left, are not planned again, and were not left as they are."""
    mine = (FollowUp.shop_id == Message.shop_id, FollowUp.id == Message.follow_up_id)
    under_way = select(FollowUp.id).where(*mine, FollowUp.state != FollowUpState.DONE)
    left = select(Deed.id).where(Deed.shop_id == entered_shop(session), Deed.follow_up_id == Message.follow_up_id)
    looked_at = left.where(Deed.kind == Did.LEFT).correlate(Message).exists()
    return Message.state == MessageState.UNKNOWN, ~under_way.correlate(Message).exists(), ~looked_at


def unwritten(session: Session) -> list[Case]:
    """Return the messages of the last days that could not be written."""
    return _ended(session, Reason.RENDER_ERROR)


def failed(session: Session) -> list[Case]:
    """Return the messages of the last days that failed on our side until nothing more was tried."""
    return _ended(session, Reason.FAILED)


def _ended(session: Session, reason: Reason) -> list[Case]:
    rows = session.execute(
        with_buyer(FollowUp)
        .where(FollowUp.shop_id == entered_shop(session), FollowUp.reason == reason)
        .where(FollowUp.done_at >= _since(session))
        .order_by(FollowUp.done_at.desc())
        .limit(100)
    )
    return [
        Case(
            f"{full_name(customer, order)}: {step_name(row.step)}",
            f"Order {order.name}",
            row.due_at,
            order.customer_id,
            row.id,
            OPENS[Did.PLANNED_AGAIN],
        )
        for row, order, customer in rows
    ]


def parked(session: Session) -> list[Case]:
    """Return the webhooks of the last days that could not be applied, with why."""
    shop = session.get_one(Shop, entered_shop(session))
    return [Case(row.topic, row.reason or "", row.received_at) for row in _parked(session, shop)]


def _parked(session: Session, shop: Shop) -> list[WebhookInbox]:
    """Read a platform table: the domain is ours, taken from the row of the entered shop."""
    return list(
        session.scalars(
            select(WebhookInbox)
            .where(WebhookInbox.shop_domain == shop.domain, WebhookInbox.state == InboxState.PARKED)
            .where(WebhookInbox.received_at >= real_now() - RECENT)
            .order_by(WebhookInbox.id.desc())
            .limit(100)
        )
    )


def _count(session: Session, table: type[Message | FollowUp], *which: ColumnElement[bool]) -> int:
    asked = select(func.count()).select_from(table).where(table.shop_id == entered_shop(session), *which)
    return session.scalar(asked) or 0


def _since(session: Session) -> datetime:
    return business_now(session) - RECENT
