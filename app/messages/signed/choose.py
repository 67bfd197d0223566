"""A person chooses what to hear about, how often, and takes a break from it. Locks as the hand-off does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.customers.address import address_hash
from app.customers.keep_choice import keep_choice
from app.customers.ledger import UNSUBSCRIBED, Source
from app.customers.models import Suppression, SuppressionScope
from app.customers.suppress import lock_person
from app.customers.wish_topics import EVERYTHING, FREQUENCY, OPTIONAL, PRODUCT, AtMost, Topic
from app.customers.wishes import Wishes, wishes
from app.kit.clock import business_now
from app.kit.errors import Invalid
from app.kit.events import emit
from app.messages.models import Message
from app.messages.wishes import all_off

PAUSES: Final = {"14": "two_weeks", "30": "one_month", "90": "three_months"}  # days as the form sends them


@dataclass(frozen=True, slots=True)
class ChoicesEased:
    """Say that a person wants to hear more, or sooner, than before: what waits for their choice is looked at again."""

    customer_id: int


@dataclass(frozen=True, slots=True)
class Choice:
    """Hold what the form says: topics wanted, how often at most, and which of the products shown to hear no more of."""

    topics: frozenset[str]
    at_most: AtMost
    muted: frozenset[int] = frozenset()
    shown: frozenset[int] = frozenset()


def choose(session: Session, message: Message, customer_id: int, choice: Choice) -> None:
    """Record a choice; what stays as it was is not recorded again.

    Wanting an optional topic takes an earlier unsubscribe back. It is not consent to advertising.
    """
    lock_person(session, message.recipient, customer_id)
    stopped = all_off(session, message)
    if stopped and choice.topics & OPTIONAL:
        _take_back_unsubscribe(session, message, customer_id)
        stopped = False
    before = _before(session, customer_id)
    for topic in Topic:
        wanted, held_anyway = topic in choice.topics, stopped and topic in OPTIONAL
        if (topic in before.topics_off) is wanted and not held_anyway:
            keep_choice(session, customer_id, topic, "on" if wanted else "off", Source.PREFERENCES)
    if choice.at_most is not before.at_most:
        keep_choice(session, customer_id, FREQUENCY, choice.at_most, Source.PREFERENCES)
    for product in sorted((choice.shown & choice.muted) ^ (choice.shown & before.muted)):
        value = "off" if product in choice.muted else "on"
        keep_choice(session, customer_id, PRODUCT, value, Source.PREFERENCES, product=product)
    emit(session, ChoicesEased(customer_id))


def pause(session: Session, message: Message, customer_id: int, days: str) -> datetime:
    """Hold what is optional for so many days from now; return until when (UTC). Raises Invalid for another length."""
    if days not in PAUSES:
        raise Invalid("To take a break, press one of the buttons on the page.", field="pause")
    lock_person(session, message.recipient, customer_id)
    until = business_now(session) + timedelta(days=int(days))
    keep_choice(session, customer_id, EVERYTHING, "paused", Source.PREFERENCES, until=until)
    return until


def resume(session: Session, message: Message, customer_id: int) -> None:
    """End a break, whoever began it. Without one nothing happens."""
    lock_person(session, message.recipient, customer_id)
    if _before(session, customer_id).paused_until is not None:
        keep_choice(session, customer_id, EVERYTHING, "resumed", Source.PREFERENCES)
        emit(session, ChoicesEased(customer_id))


def _before(session: Session, customer_id: int) -> Wishes:
    return wishes(session, [customer_id])[customer_id]


def _take_back_unsubscribe(session: Session, message: Message, customer_id: int) -> None:
    session.execute(
        delete(Suppression).where(
            Suppression.shop_id == message.shop_id,
            Suppression.address_hash == address_hash(message.recipient),
            Suppression.scope == SuppressionScope.OPTIONAL,
            Suppression.reason == UNSUBSCRIBED,
        ),
    )
    if _before(session, customer_id).off_since is not None:
        keep_choice(session, customer_id, EVERYTHING, "on", Source.PREFERENCES)
