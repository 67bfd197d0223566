"""What this domain holds of a person, and how it is taken out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.customers.erase import CustomerErased
from app.kit.work import entered_shop
from app.messages.models import Attempt, Message, MessageEvent, TrackedLink

ERASED = "erased"


def export(session: Session, customer_ids: Sequence[int]) -> list[dict[str, Any]]:
    """Return the messages to the person and what was heard of them, as JSON values."""
    shop_id = entered_shop(session)
    messages = session.scalars(
        select(Message).where(Message.shop_id == shop_id, Message.customer_id.in_(customer_ids))
    ).all()
    events = session.scalars(
        select(MessageEvent).where(
            MessageEvent.shop_id == shop_id, MessageEvent.message_id.in_([row.id for row in messages])
        )
    )
    return [
        *(
            {
                "kind": "message",
                "to": row.recipient,
                "subject": row.subject,
                "state": row.state.value,
                "at": row.created_at.isoformat(),
            }
            for row in messages
        ),
        *({"kind": row.kind, "grade": row.grade, "at": row.happened_at.isoformat()} for row in events),
    ]


def customer_erased(session: Session, event: CustomerErased) -> None:
    """Take the address and the words out of the person's messages, and the links: a carrier's names the parcel."""
    shop_id = entered_shop(session)
    mine = select(Message.id).where(Message.shop_id == shop_id, Message.customer_id == event.customer_id)
    session.execute(
        update(Attempt).where(Attempt.shop_id == shop_id, Attempt.message_id.in_(mine)).values(reply=None),
    )
    session.execute(delete(TrackedLink).where(TrackedLink.shop_id == shop_id, TrackedLink.message_id.in_(mine)))
    session.execute(
        update(Message)
        .where(Message.shop_id == shop_id, Message.customer_id == event.customer_id)
        .values(recipient=ERASED, subject=None),
    )
