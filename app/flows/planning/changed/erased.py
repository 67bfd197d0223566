"""End what was planned for an erased person, and forget what their runs had frozen of them."""

from __future__ import annotations

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.customers.erase import CustomerErased
from app.flows.models import Decision, Enrollment, FollowUp, FollowUpState
from app.flows.planning.record_decision import finish
from app.flows.rules.reasons import Reason
from app.kit.clock import business_now
from app.kit.work import entered_shop

KEPT = ("country",)  # counts by country stay; the person does not


def customer_erased(session: Session, event: CustomerErased) -> None:
    """End every follow-up of the person that has not been handed over."""
    shop_id, now = entered_shop(session), business_now(session)
    runs = session.scalars(
        select(Enrollment).where(Enrollment.shop_id == shop_id, Enrollment.customer_id == event.customer_id)
    ).all()
    ids = [run.id for run in runs]
    for run in runs:
        run.frozen = {name: run.frozen.get(name) for name in KEPT}
        run.ended_at = run.ended_at or now
        run.path, run.look_at = [], None  # what a fork was decided by may have named them: a tag, a title
    rows = session.scalars(
        select(FollowUp)
        .where(FollowUp.shop_id == shop_id, FollowUp.enrollment_id.in_(ids))
        .where(FollowUp.state != FollowUpState.DONE)
        .order_by(FollowUp.id)
        .with_for_update()
    )
    for row in rows:
        finish(row, Reason.ERASED, now)
    mine = select(FollowUp.id).where(FollowUp.shop_id == shop_id, FollowUp.enrollment_id.in_(ids))
    session.execute(delete(Decision).where(Decision.shop_id == shop_id, Decision.follow_up_id.in_(mine)))
