"""Look again at what waits for a person's own choice, once they want to hear more or sooner."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.flows.models import FollowUp, FollowUpState
from app.flows.rules.reasons import Reason
from app.kit.clock import business_now
from app.kit.queue import SENDS
from app.kit.work import entered_shop, ring_after_commit
from app.messages.signed.choose import ChoicesEased
from app.orders.models import Order

WAITS: Final = (Reason.PAUSED_BY_PERSON, Reason.OFTEN_ENOUGH)


def choices_eased(session: Session, event: ChoicesEased) -> None:
    """Bring the person's waiting messages to their next look now; whatever still holds them holds them again."""
    look_again(session, event.customer_id)


def look_again(session: Session, customer_id: int) -> int:
    """Do so; return how many had been waiting."""
    shop_id = entered_shop(session)
    orders = select(Order.id).where(Order.shop_id == shop_id, Order.customer_id == customer_id)
    rows = session.scalars(
        select(FollowUp)
        .where(FollowUp.shop_id == shop_id, FollowUp.order_id.in_(orders))
        .where(FollowUp.state == FollowUpState.SCHEDULED, FollowUp.reason.in_(WAITS))
        .order_by(FollowUp.id)
        .with_for_update()
    ).all()
    for row in rows:
        row.due_at, row.postponed_until, row.reason = business_now(session), None, None
    if rows:
        ring_after_commit(session, SENDS)
    session.flush()
    return len(rows)
