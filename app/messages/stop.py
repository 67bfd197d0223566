"""A person stops mail, of one topic or of all that is optional, or wants it again. Locks as the hand-off does."""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.customers.address import address_hash
from app.customers.consent import Proof, state_consent
from app.customers.ledger import UNSUBSCRIBED, Source
from app.customers.models import Customer, Preference, Suppression, SuppressionScope
from app.customers.push_consent import push_unsubscribe
from app.customers.suppress import is_unsubscribed, lock_person, suppress
from app.customers.wish_topics import EVERYTHING, OPTIONAL, Topic
from app.customers.wishes import wishes
from app.kit.clock import business_now, real_now
from app.messages.models import Message, MessageEvent
from app.messages.wishes import all_off


def unsubscribe(session: Session, message: Message, proof: Proof, source: Source = Source.OUR_LINK) -> None:
    """Stop everything optional to the message's address and person. Doing it again changes nothing."""
    lock_person(session, message.recipient, message.customer_id)
    if all_off(session, message) and is_unsubscribed(session, message.recipient):
        return
    now = business_now(session)
    suppress(session, message.recipient, scope=SuppressionScope.OPTIONAL, reason=UNSUBSCRIBED, at=now)
    if message.customer_id is not None:
        state_consent(
            session,
            message.customer_id,
            state=UNSUBSCRIBED,
            source=source,
            happened_at=now,
            received_at=real_now(),
            proof=proof,
        )
        _choose(session, message, message.customer_id, EVERYTHING, "off", source)
        push_unsubscribe(session, session.get_one(Customer, (message.shop_id, message.customer_id)))
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
    stopped = all_off(session, message)
    if stopped and wanted & OPTIONAL:
        _take_back_unsubscribe(session, message, customer_id)
        stopped = False
    off = wishes(session, [customer_id])[customer_id].topics_off
    for topic in Topic:
        held_anyway = stopped and topic in OPTIONAL
        if (topic in off) is (topic in wanted) and not held_anyway:
            _choose(session, message, customer_id, topic, "on" if topic in wanted else "off", Source.PREFERENCES)
    session.flush()


def _take_back_unsubscribe(session: Session, message: Message, customer_id: int) -> None:
    session.execute(
        delete(Suppression).where(
            Suppression.shop_id == message.shop_id,
            Suppression.address_hash == address_hash(message.recipient),
            Suppression.scope == SuppressionScope.OPTIONAL,
            Suppression.reason == UNSUBSCRIBED,
        ),
    )
    if wishes(session, [customer_id])[customer_id].off_since is not None:
        _choose(session, message, customer_id, EVERYTHING, "on", Source.PREFERENCES)


def _choose(session: Session, message: Message, customer_id: int, topic: str, value: str, source: Source) -> None:
    session.add(
        Preference(
            shop_id=message.shop_id,
            customer_id=customer_id,
            topic=topic,
            value=value,
            source=source,
            happened_at=business_now(session),
        ),
    )
    session.flush()
