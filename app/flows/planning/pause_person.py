"""Pause the optional messages to one person, and resume them. Locks as the hand-off does: a committed pause wins."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.customers.models import Customer, Preference
from app.customers.wish_topics import EVERYTHING
from app.customers.wishes import wishes
from app.flows.models import FollowUp, FollowUpState
from app.flows.rules.reasons import Reason
from app.kit.clock import business_now
from app.kit.errors import Invalid, NotFound
from app.kit.queue import SENDS
from app.kit.work import entered_shop, ring_after_commit
from app.orders.models import Order

LENGTHS: Final = {"7": "1 week", "30": "1 month", "90": "3 months", "365": "1 year"}  # days as the form sends them
MERCHANT: Final = "merchant"


def pause_person(session: Session, customer_id: int, days: str) -> datetime:
    """Hold what is optional for so many days from now; return until when (UTC).

    Raises NotFound for an id this shop does not have, Invalid for a length that is not offered, and for a person who
    has switched everything off: a pause would end that.
    """
    if days not in LENGTHS:
        raise Invalid(f"Choose how long to pause: {', '.join(LENGTHS.values())}.", field="days")
    _lock(session, customer_id)
    if wishes(session, [customer_id])[customer_id].off_since is not None:
        raise Invalid("This person gets nothing optional already. There is nothing to pause.", field="days")
    until = business_now(session) + timedelta(days=int(days))
    _choose(session, customer_id, "paused", until)
    return until


def resume_person(session: Session, customer_id: int) -> int:
    """End the pause; return how many messages had been waiting for it. They are looked at again now.

    Raises NotFound for an id this shop does not have. Without a pause nothing happens.
    """
    _lock(session, customer_id)
    if wishes(session, [customer_id])[customer_id].paused_until is None:
        return 0
    _choose(session, customer_id, "resumed", None)
    shop_id = entered_shop(session)
    orders = select(Order.id).where(Order.shop_id == shop_id, Order.customer_id == customer_id)
    rows = session.scalars(
        select(FollowUp)
        .where(FollowUp.shop_id == shop_id, FollowUp.order_id.in_(orders))
        .where(FollowUp.state == FollowUpState.SCHEDULED, FollowUp.reason == Reason.PAUSED_BY_PERSON)
        .order_by(FollowUp.id)
        .with_for_update()
    ).all()
    for row in rows:
        row.due_at, row.postponed_until, row.reason = business_now(session), None, None
    if rows:
        ring_after_commit(session, SENDS)
    session.flush()
    return len(rows)


def _lock(session: Session, customer_id: int) -> None:
    found = session.execute(
        select(Customer.id)
        .where(Customer.shop_id == entered_shop(session), Customer.id == customer_id)
        .with_for_update()
    ).one_or_none()
    if found is None:
        raise NotFound


def _choose(session: Session, customer_id: int, value: str, until: datetime | None) -> None:
    session.add(
        Preference(
            shop_id=entered_shop(session),
            customer_id=customer_id,
            topic=EVERYTHING,
            value=value,
            until=until,
            source=MERCHANT,
            happened_at=business_now(session),
        )
    )
    session.flush()
