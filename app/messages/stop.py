"""A person stops mail: from one topic, or from everything but news of their orders. Locks as the hand-off does."""

from __future__ import annotations

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.customers.consent import state_consent
from app.customers.models import Preference, SuppressionScope
from app.customers.suppress import lock_person, suppress
from app.kit.clock import business_now, real_now
from app.messages.models import Message, MessageEvent

TOPICS = ("order", "shipping", "product_help", "review_ask")
OUR_LINK = "our_link"


def unsubscribe(session: Session, message: Message) -> None:
    """Stop everything optional to the message's address. Doing it again changes nothing."""
    now = business_now(session)
    suppress(session, message.recipient, scope=SuppressionScope.OPTIONAL, reason="unsubscribed", at=now)
    if message.customer_id is not None:
        state_consent(
            session,
            message.customer_id,
            state="unsubscribed",
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


def choose_topics(session: Session, message: Message, wanted: set[str]) -> None:
    """Record which topics a person wants mail about; news of the order itself cannot be switched off."""
    if message.customer_id is None:
        return
    lock_person(session, message.recipient)
    now = business_now(session)
    for topic in TOPICS:
        session.add(
            Preference(
                shop_id=message.shop_id,
                customer_id=message.customer_id,
                topic=topic,
                value="on" if topic in wanted else "off",
                until=None,
                source=OUR_LINK,
                happened_at=now,
            ),
        )
    session.flush()
