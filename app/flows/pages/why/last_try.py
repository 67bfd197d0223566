"""Say how the last try to hand a message over ended, where the message is to be tried again."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from app.kit.rows.among import among
from app.kit.work import entered_shop
from app.messages.models import Attempt, AttemptState, Message, MessageState


def last_tries(session: Session, follow_up_ids: Sequence[int]) -> dict[int, str]:
    """Return the sentence by follow-up; whoever was not tried yet, or is done with, has none."""
    rows = session.execute(
        select(Message.follow_up_id, Attempt.state, Attempt.reply)
        .join(Attempt, (Attempt.shop_id == Message.shop_id) & (Attempt.message_id == Message.id))
        .where(Message.shop_id == entered_shop(session), among(Message.follow_up_id, follow_up_ids))
        .where(Message.state == MessageState.PLANNED)
        .ext(distinct_on(Message.id))
        .order_by(Message.id, Attempt.n.desc())
    )
    return {row.follow_up_id: _words(row.state, row.reply) for row in rows}


def _words(state: AttemptState, reply: str | None) -> str:
    if state is AttemptState.BLOCKED:
        said = f": “{reply}”" if reply else ""
        return f"It could not leave yet{said}. That says nothing about this person; it is tried again by itself."
    return "The mail server asked to try again later."
