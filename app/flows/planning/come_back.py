"""Say what becomes of planned messages when a shop is back: reconnected, they go on; installed anew, they do not."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.flows.models import Enrollment, FollowUp
from app.flows.planning.pause import UNSENT, lock_shop
from app.flows.planning.record_decision import finish
from app.flows.planning.release import OnResume, release
from app.flows.rules.reasons import Reason
from app.flows.rules.steps import Subject
from app.kit.clock import business_now
from app.kit.work import entered_shop
from app.shops.arrive import ShopConnected


def shop_connected(session: Session, event: ShopConnected) -> None:
    """Let go on what waited for a token; what would be over a day late is left out."""
    lock_shop(session)
    release(session, (Reason.NEEDS_RECONNECTION,), OnResume.DROP_LATE, business_now(session))


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
