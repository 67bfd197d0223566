"""Read what the person behind a message does not want to hear about."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.customers.suppress import is_unsubscribed
from app.customers.wish_topics import OPTIONAL
from app.customers.wishes import Wishes, wishes
from app.messages.models import Message


def chosen(session: Session, message: Message) -> Wishes:
    """Return what the message's person chose; nothing where nobody is known behind it."""
    if message.customer_id is None:
        return Wishes()
    return wishes(session, [message.customer_id])[message.customer_id]


def all_off(session: Session, message: Message) -> bool:
    """Tell whether an unsubscribe stops everything optional: of this address, or of the person under another one."""
    return is_unsubscribed(session, message.recipient) or chosen(session, message).off_since is not None


def topics_off(session: Session, message: Message) -> frozenset[str]:
    """Return the topics that do not reach the message's person: switched off one by one, or by an unsubscribe."""
    stopped: frozenset[str] = OPTIONAL if all_off(session, message) else frozenset()
    return chosen(session, message).topics_off | stopped
