"""Say what waits because a step is switched off, and since when it is."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.flows.language.forms import flow_document
from app.flows.language.steps import StepState
from app.flows.models import Flow, FlowVersion, FollowUp, FollowUpState
from app.flows.planning.by_hand.pause import Waiting
from app.flows.planning.by_hand.release import LATE
from app.flows.rules.reasons import Reason
from app.kit.clock import business_now
from app.kit.work import entered_shop

OF_SWITCH = (Reason.STEP_PAUSED, Reason.LEFT_TO_SHOPIFY)


def waiting_for_switch(session: Session, key: str) -> Waiting:
    """Count what waits because a step is switched off."""
    now = business_now(session)
    held = (FollowUp.state == FollowUpState.HELD, FollowUp.reason.in_(OF_SWITCH), FollowUp.step == key)
    row = session.execute(
        select(
            func.count().label("planned"),
            func.count().filter(FollowUp.due_at < now - LATE).label("late"),
            func.min(FollowUp.expires_at).label("first_end"),
        ).where(FollowUp.shop_id == entered_shop(session), *held)
    ).one()
    return Waiting(row.planned, row.planned, row.late, row.first_end)


def off_since(session: Session, flow: Flow, key: str) -> datetime | None:
    """Return when a step was switched off: with the first version since that it was on in; None while it is on."""
    versions = session.execute(
        select(FlowVersion.document, FlowVersion.published_at)
        .where(FlowVersion.shop_id == flow.shop_id, FlowVersion.flow_id == flow.id)
        .order_by(FlowVersion.number.desc())
    )
    since = None
    for document, published_at in versions:
        try:
            if flow_document(document).step(key).state is StepState.ON:
                break
        except KeyError:
            break
        since = published_at
    return since
