"""Leave one planned message out, because the merchant said so."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.flows.models import Did, FollowUp, FollowUpState
from app.flows.planning.by_hand.deeds import keep_deeds
from app.flows.planning.record_decision import finish
from app.flows.rules.reasons import Reason
from app.kit.clock import business_now
from app.kit.errors import NotFound
from app.kit.work import entered_shop


def skip(session: Session, follow_up_id: int, *, by: str) -> FollowUp:
    """End a planned message, and keep who did; return the row. One that has ended or is leaving now stays as it is.

    Raises NotFound for an id this shop does not have.
    """
    row = session.scalars(
        select(FollowUp).where(FollowUp.shop_id == entered_shop(session), FollowUp.id == follow_up_id).with_for_update()
    ).one_or_none()
    if row is None:
        raise NotFound
    if row.state in {FollowUpState.SCHEDULED, FollowUpState.HELD}:
        now = business_now(session)
        finish(row, Reason.SKIPPED_BY_MERCHANT, now)
        keep_deeds(session, [row.id], Did.SKIPPED, now, by=by)
        session.flush()
    return row
