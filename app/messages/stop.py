"""A person stops mail, of one topic or of all that is optional, or wants it again. Locks as the hand-off does."""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.customers.address import address_hash
from app.customers.consent import state_consent
from app.customers.models import Preference, Suppression, SuppressionScope
from app.customers.suppress import is_unsubscribed, lock_person, suppress
from app.customers.wish_topics import OPTIONAL, Topic
from app.customers.wishes import wishes
from app.kit.clock import business_now, real_now
from app.messages.models import Message, MessageEvent

OUR_LINK = "our_link"
UNSUBSCRIBED = "unsubscribed"


def unsubscribe(session: Session, message: Message) -> None:
    """Stop everything optional to the message's address. Doing it again changes nothing."""
    lock_person(session, message.recipient, message.customer_id)
    if is_unsubscribed(session, message.recipient):
        return
    now = business_now(session)
    suppress(session, message.recipient, scope=SuppressionScope.OPTIONAL, reason=UNSUBSCRIBED, at=now)
    if message.customer_id is not None:
        state_consent(
            session,
            message.customer_id,
            state=UNSUBSCRIBED,
            source=OUR_LINK,
            happened_at=now,
            received_at=real_now(),
        )
    session.execute(
        insert(MessageEvent)
        .values(
            shop_id=message.shop_id,
            message_id=message.id,
            kind="unsubscribe",
            grade="human",
            target=None,
            source_key="once",
            happened_at=now,
        )
        .on_conflict_do_nothing(),
    )


def choose_topics(session: Session, message: Message, customer_id: int, wanted: AbstractSet[str]) -> None:
    """Record which topics a person wants mail about; what stays as it was is not recorded again.

    Wanting an optional topic takes an earlier unsubscribe back. It is not consent to advertising.
    """
    lock_person(session, message.recipient, message.customer_id)
    stopped = is_unsubscribed(session, message.recipient)
    if stopped and wanted & OPTIONAL:
        _take_back_unsubscribe(session, message)
        stopped = False
    off, now = wishes(session, [customer_id])[customer_id].topics_off, business_now(session)
    for topic in Topic:
        held_anyway = stopped and topic in OPTIONAL
        if (topic in off) is (topic in wanted) and not held_anyway:
            session.add(
                Preference(
                    shop_id=message.shop_id,
                    customer_id=customer_id,
                    topic=topic.value,
                    value="on" if topic in wanted else "off",
                    until=None,
                    source=OUR_LINK,
                    happened_at=now,
                ),
            )
    session.flush()


def _take_back_unsubscribe(session: Session, message: Message) -> None:
    session.execute(
        delete(Suppression).where(
            Suppression.shop_id == message.shop_id,
            Suppression.address_hash == address_hash(message.recipient),
            Suppression.scope == SuppressionScope.OPTIONAL,
            Suppression.reason == UNSUBSCRIBED,
        ),
    )
