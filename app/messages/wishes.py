"""Read what the person behind a message does not want to hear about."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.customers.suppress import is_unsubscribed
from app.customers.wish_topics import OPTIONAL
from app.customers.wishes import wishes
from app.messages.models import Message


def topics_off(session: Session, message: Message) -> frozenset[str]:
    """Return the topics that do not reach the message's person: switched off one by one, or by an unsubscribe."""
    stopped: frozenset[str] = OPTIONAL if is_unsubscribed(session, message.recipient) else frozenset()
    if message.customer_id is None:
        return stopped
    return wishes(session, [message.customer_id])[message.customer_id].topics_off | stopped
