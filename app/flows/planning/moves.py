"""Move what is planned when a merchant changes a step: the same computation says what would move, and moves it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from app.flows.facts.calendars import whereabouts
from app.flows.language.steps import Step
from app.flows.models import Enrollment, Flow, FollowUp, FollowUpState
from app.flows.planning.record_decision import finish
from app.flows.planning.replanned import Move, beside, carry_out, its_parcel, pending_rows, plan_run, replanned
from app.flows.planning.schedule import new_row
from app.flows.rules.reasons import Reason
from app.flows.timing.plan import Why
from app.kit.work import entered_shop
from app.orders.models import Order
from app.orders.parcels import Fulfillment
from app.shops.zone import zone_name


def moves(session: Session, flow: Flow, step: Step, now: datetime, *, lock: bool = False) -> list[Move]:
    """Return what moves when the flow's step becomes `step`, the earliest first. Changes nothing.

    A message on its way out, being tried again or overdue either way stays where it is; one that waits for something
    other than time (an open return, a person's pause) never comes earlier than that.
    """
    rows = session.execute(
        pending_rows(session, lock=lock).where(Enrollment.flow_id == flow.id, FollowUp.step == step.key)
    )
    pending = [((row, run, order, parcel), step) for row, run, order, parcel in rows]
    found = replanned(session, pending, whereabouts(session, zone_name(session)), now)
    return [each for each in found if each.moves]


def repin(session: Session, flow: Flow, step: Step, now: datetime, *, retimed: bool) -> list[Move]:
    """Bring every unfinished run of the flow to its published version and move what the changed step moves.

    `retimed` says whether the step's timing changed: a switch alone moves nothing. A step that was left to Shopify
    starts with what is still to come: news from before is Shopify's.
    """
    made = moves(session, flow, step, now, lock=True) if retimed else []
    carry_out(session, made, now)
    if step.is_planned:
        _plan_missing(session, flow, step, now)
    session.execute(
        update(Enrollment)
        .where(Enrollment.shop_id == flow.shop_id, Enrollment.flow_id == flow.id, Enrollment.version != flow.version)
        .where(_unfinished())
        .values(version=flow.version)
    )
    session.flush()
    return made


def _plan_missing(session: Session, flow: Flow, step: Step, now: datetime) -> None:
    """Give unfinished runs the row they lack; one whose moment has passed is Shopify's, and says so."""
    mine = select(FollowUp.id).where(
        FollowUp.shop_id == Enrollment.shop_id, FollowUp.enrollment_id == Enrollment.id, FollowUp.step == step.key
    )
    rows = session.execute(
        select(Enrollment, Order, Fulfillment)
        .join(Order, (Order.shop_id == Enrollment.shop_id) & (Order.id == Enrollment.order_id))
        .join(Fulfillment, its_parcel(), isouter=True)
        .where(Enrollment.shop_id == entered_shop(session), Enrollment.flow_id == flow.id)
        .where(_unfinished(), ~mine.exists())
        .order_by(Enrollment.id)
    ).all()
    places = whereabouts(session, zone_name(session))
    others = beside(session, {order.id for _, order, _ in rows})
    for run, order, parcel in rows:
        planned = plan_run(places, step, run, order, parcel, others, now)
        if planned is None:
            continue
        row = new_row(run, step.key, planned)
        if Why.LATE in planned.why:
            finish(row, Reason.LEFT_TO_SHOPIFY, now)
        session.add(row)


def _unfinished() -> ColumnElement[bool]:
    mine = select(FollowUp.id).where(
        FollowUp.shop_id == Enrollment.shop_id,
        FollowUp.enrollment_id == Enrollment.id,
        FollowUp.state != FollowUpState.DONE,
    )
    return mine.correlate(Enrollment).exists()
