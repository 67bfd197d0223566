"""Make the row of a message that left, or may have, in a time the database has forgotten, under the name it had.

Its links work again with it: whoever got the mail can still unsubscribe.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.kit.work import entered_shop
from app.messages.models import Message, MessageItem, MessageState
from app.messages.prepare import Item


@dataclass(frozen=True, slots=True)
class Forgotten:
    """Hold what is known of it. `state` is ACCEPTED where a log has it, else UNKNOWN."""

    public_id: str
    state: MessageState
    accepted_at: datetime | None
    follow_up_id: int
    order_id: int
    customer_id: int | None
    step: str
    message_class: str
    recipient: str
    locale: str
    optional: bool
    items: Sequence[Item]


def remember(session: Session, one: Forgotten, now: datetime) -> int | None:
    """Keep the message and what it spoke about; return its id, None where the follow-up has a message already."""
    shop = entered_shop(session)
    made: int | None = session.scalar(
        insert(Message)
        .values(
            shop_id=shop,
            follow_up_id=one.follow_up_id,
            order_id=one.order_id,
            customer_id=one.customer_id,
            public_id=one.public_id,
            step=one.step,
            message_class=one.message_class,
            recipient=one.recipient,
            locale=one.locale,
            state=one.state,
            created_at=one.accepted_at or now,
            accepted_at=one.accepted_at,
            sent_at=one.accepted_at or now,
            optional=one.optional,
        )
        .on_conflict_do_nothing()
        .returning(Message.id)
    )
    if made is None:
        return None
    for kind, item in one.items:
        session.execute(
            insert(MessageItem)
            .values(shop_id=shop, message_id=made, item_kind=kind, item_id=item, step=one.step)
            .on_conflict_do_nothing()
        )
    return made
