"""Say what becomes of planned messages when a shop is back: once it was read they go on; started anew, they do not.

Those that waited for customer data go on once it was read: to their end each, as the merchant was told, and at a pace.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.flows.language.steps import Subject
from app.flows.models import Enrollment, FollowUp, FollowUpState
from app.flows.planning.by_hand.pause import UNSENT
from app.flows.planning.by_hand.release import OnResume, release
from app.flows.planning.record_decision import finish
from app.flows.rules.reasons import Reason
from app.kit.work import entered_shop
from app.orders.models import Order
from app.shops.data_access import is_open

PACE: Final = timedelta(seconds=2)  # between two that waited, so that a shop's mail does not leave in one burst
WITHIN: Final = timedelta(hours=1)  # all of them, however many


def shop_read(session: Session, now: datetime) -> None:
    """Let go on what waited for a token, once the shop was read with one; what would be over a day late is left out.

    Not as soon as there is one: what was cancelled or sent back meanwhile, nobody may have told us.
    """
    release(session, (Reason.NEEDS_RECONNECTION,), OnResume.DROP_LATE, now)
    _data_reread(session, now)


def _data_reread(session: Session, now: datetime) -> int:
    """Let go on what waited for customer data, where that is open and an order was read with it; return how many.

    Each is decided anew when its turn comes, what ends first first; what has ended is left out as too old.
    """
    shop_id = entered_shop(session)
    waits = (FollowUp.shop_id == shop_id, FollowUp.state == FollowUpState.HELD)
    for_data = (*waits, FollowUp.reason == Reason.AWAITING_DATA_ACCESS)
    was_read = (
        select(FollowUp.id)
        .join(Order, (Order.shop_id == FollowUp.shop_id) & (Order.id == FollowUp.order_id))
        .where(*for_data, Order.email_withheld.is_(False))
        .limit(1)
    )
    if session.scalar(was_read) is None or not is_open(session):
        return 0
    waited = session.scalars(select(FollowUp).where(*for_data).order_by(FollowUp.expires_at, FollowUp.id)).all()
    release(session, (Reason.AWAITING_DATA_ACCESS,), OnResume.SEND, now)
    going = [row for row in waited if row.state is FollowUpState.SCHEDULED]
    for row, turn in zip(going, turns([row.expires_at for row in going], now), strict=True):
        row.due_at = max(row.due_at, turn)
    session.flush()
    return len(going)


def turns(ends: Sequence[datetime], now: datetime) -> list[datetime]:
    """Return when each of those that waited has its turn, given when each is too old: one by one, none too late."""
    apart = min(PACE, WITHIN / max(1, len(ends)))
    return [min(now + place * apart, now + (end - now) / 2) for place, end in enumerate(ends)]


def leave_out_older(session: Session, flows: Collection[int], taken_in: Collection[int], now: datetime) -> int:
    """End what flows that start anew had planned before; return how many messages that were.

    A first start finds none. After an uninstall and a reinstall nothing old goes out unasked: only the parcels
    `taken_in` (our ids), which the merchant was shown and chose, keep what is planned for them.
    """
    rows = session.execute(
        select(FollowUp, Enrollment.subject_kind, Enrollment.subject_id)
        .join(Enrollment, (Enrollment.shop_id == FollowUp.shop_id) & (Enrollment.id == FollowUp.enrollment_id))
        .where(FollowUp.shop_id == entered_shop(session), Enrollment.flow_id.in_(flows), FollowUp.state.in_(UNSENT))
        .order_by(FollowUp.id)
        .with_for_update(of=FollowUp)
        .execution_options(populate_existing=True)
    ).all()
    older = [row for row, kind, subject in rows if kind != Subject.FULFILLMENT or subject not in taken_in]
    for row in older:
        finish(row, Reason.BEFORE_START, now)
    session.flush()
    return len(older)
