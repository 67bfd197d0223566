"""Pause the optional messages to one person, and resume them. Locks as the hand-off does: a committed pause wins."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.customers.keep_choice import keep_choice
from app.customers.ledger import Source
from app.customers.models import Customer
from app.customers.wish_topics import EVERYTHING
from app.customers.wishes import wishes
from app.flows.planning.changed.eased import look_again
from app.kit.clock import business_now
from app.kit.errors import Invalid, NotFound
from app.kit.work import entered_shop

LENGTHS: Final = {"7": "1 week", "30": "1 month", "90": "3 months", "365": "1 year"}  # days as the form sends them


def pause_person(session: Session, customer_id: int, days: str, *, by: str) -> datetime:
    """Hold what is optional for so many days from now; return until when (UTC).

    Raises NotFound for an id this shop does not have, Invalid for a length that is not offered, for a person who has
    switched everything off, and for one who has paused by themselves: theirs would be cut short.
    """
    if days not in LENGTHS:
        raise Invalid(f"Choose how long to pause: {', '.join(LENGTHS.values())}.", field="days")
    _lock(session, customer_id)
    wish = wishes(session, [customer_id])[customer_id]
    if wish.off_since is not None:
        raise Invalid("This person gets nothing optional already. There is nothing to pause.", field="days")
    now = business_now(session)
    if wish.paused_until is not None and wish.paused_until > now and wish.paused_by != Source.MERCHANT:
        raise Invalid("This person takes a break by their own choice already.", field="days")
    until = now + timedelta(days=int(days))
    keep_choice(session, customer_id, EVERYTHING, "paused", Source.MERCHANT, until=until, by=by)
    return until


def resume_person(session: Session, customer_id: int, *, by: str) -> int:
    """End the pause; return how many messages had been waiting for it. They are looked at again now.

    Raises NotFound for an id this shop does not have, Invalid where the person paused themselves. Without a pause
    nothing happens.
    """
    _lock(session, customer_id)
    wish = wishes(session, [customer_id])[customer_id]
    if wish.paused_until is None:
        return 0
    if wish.paused_by != Source.MERCHANT and wish.paused_until > business_now(session):
        raise Invalid("This person takes a break by their own choice. Only they can end it.", field="days")
    keep_choice(session, customer_id, EVERYTHING, "resumed", Source.MERCHANT, by=by)
    return look_again(session, customer_id)


def _lock(session: Session, customer_id: int) -> None:
    found = session.execute(
        select(Customer.id)
        .where(Customer.shop_id == entered_shop(session), Customer.id == customer_id)
        .with_for_update()
    ).one_or_none()
    if found is None:
        raise NotFound
