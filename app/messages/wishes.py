"""Read what a person chose to hear about."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.customers.address import address_hash
from app.customers.models import Preference, Suppression, SuppressionScope
from app.kit.work import entered_shop
from app.messages.models import Message

TOPICS = ("order", "shipping", "product_help", "review_ask")
OPTIONAL_TOPICS = frozenset({"product_help", "review_ask"})  # what an unsubscribe stops


def topics_off(session: Session, message: Message) -> frozenset[str]:
    """Return the topics that do not reach the message's person: switched off one by one, or by an unsubscribe."""
    stopped = OPTIONAL_TOPICS if is_unsubscribed(session, message.recipient) else frozenset[str]()
    return switched_off(session, message.customer_id) | stopped


def switched_off(session: Session, customer_id: int | None) -> frozenset[str]:
    """Return the topics a customer switched off one by one; the latest choice of each holds."""
    rows = session.scalars(
        select(Preference)
        .where(Preference.shop_id == entered_shop(session), Preference.customer_id == customer_id)
        .order_by(Preference.happened_at, Preference.id)
    )
    latest = {row.topic: row.value for row in rows}
    return frozenset(topic for topic, value in latest.items() if value == "off")


def is_unsubscribed(session: Session, address: str) -> bool:
    """Tell whether optional mail to an address is stopped."""
    stop = select(Suppression.id).where(
        Suppression.shop_id == entered_shop(session),
        Suppression.address_hash == address_hash(address),
        Suppression.scope == SuppressionScope.OPTIONAL,
    )
    return session.scalar(stop.limit(1)) is not None
