"""Plan what an order's runs will say: enrol it where a flow has started, and put every unsent step at its due time.

Called whenever anything about an order changed. Planning the same facts again changes nothing.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.customers import consent
from app.flows import published
from app.flows.models import Enrollment, Flow, FollowUp, FollowUpState
from app.flows.plan import Moments, Plan, plan
from app.flows.recipient_zone import RecipientZone, recipient_zone
from app.flows.steps import FlowDocument, Subject
from app.kit import fault
from app.kit.clock import business_now
from app.kit.queue import SENDS
from app.kit.work import ring_after_commit
from app.orders.delivery import Delivered, DeliverySource
from app.orders.models import Order
from app.orders.parcels import Fulfillment
from app.orders.told import OrderChanged
from app.shops.models import ShopProfile

UNPAID = frozenset({"pending", "voided", "expired", "unknown"})  # nobody is thanked for an order that may never be


def order_changed(session: Session, event: OrderChanged) -> None:
    """Enrol the order and its parcels where flows have started, and plan their steps anew."""
    order = session.get_one(Order, (session.info["shop_id"], event.order_id))
    known = published.current(session)
    parcels = list(
        session.scalars(
            select(Fulfillment).where(Fulfillment.shop_id == order.shop_id, Fulfillment.order_id == order.id)
        )
    )
    for flow, document in known.values():
        if takes(flow, order):
            _enrol(session, flow, document, order, parcels)
    replan(session, order, parcels)


def takes(flow: Flow, order: Order) -> bool:
    """Tell whether a flow takes on this order now: it has started, and the order is not from before it."""
    return (
        flow.started_at is not None
        and flow.include_from is not None
        and order.placed_at >= flow.include_from
        and order.deleted_at is None
        and order.financial_status not in UNPAID
    )


def enrol_parcel(session: Session, flow: Flow, order: Order, parcel: Fulfillment) -> None:
    """Start one parcel's run of a flow, once."""
    _insert_run(session, flow, order, Subject.FULFILLMENT, parcel.id)


def replan(session: Session, order: Order, parcels: list[Fulfillment]) -> None:
    """Put every unsent step of the order's runs where today's facts say it belongs."""
    runs = session.scalars(
        select(Enrollment).where(Enrollment.shop_id == order.shop_id, Enrollment.order_id == order.id)
    ).all()
    if not runs:
        return
    documents = published.documents(session, [(run.flow_id, run.version) for run in runs])
    profile = session.scalars(select(ShopProfile).where(ShopProfile.shop_id == order.shop_id)).one_or_none()
    zone = recipient_zone(order.country, order.province, profile.timezone if profile else "")
    by_id = {parcel.id: parcel for parcel in parcels}
    now = business_now(session)
    for run in runs:
        parcel = by_id.get(run.subject_id) if run.subject_kind == Subject.FULFILLMENT else None
        _plan_run(session, run, documents[run.flow_id, run.version], _moments(order, parcel), zone, now)
    session.flush()
    fault.point("P3")


def _enrol(session: Session, flow: Flow, document: FlowDocument, order: Order, parcels: list[Fulfillment]) -> None:
    if document.subject is Subject.ORDER:
        _insert_run(session, flow, order, Subject.ORDER, order.id)
        return
    for parcel in parcels:
        if parcel.cancelled_at is None:
            enrol_parcel(session, flow, order, parcel)


def _insert_run(session: Session, flow: Flow, order: Order, kind: Subject, subject_id: int) -> None:
    session.execute(
        insert(Enrollment)
        .values(
            shop_id=order.shop_id,
            flow_id=flow.id,
            version=flow.version,
            subject_kind=kind,
            subject_id=subject_id,
            order_id=order.id,
            customer_id=order.customer_id,
            frozen=_frozen(session, order),
            entered_at=business_now(session),
        )
        .on_conflict_do_nothing(),
    )


def _frozen(session: Session, order: Order) -> dict[str, Any]:
    known = consent.current(session, [order.customer_id]) if order.customer_id else {}
    return {
        "order_name": order.name,
        "locale": order.locale,
        "country": order.country,
        "province": order.province,
        "consent": known.get(order.customer_id) if order.customer_id else None,
    }


def _moments(order: Order, parcel: Fulfillment | None) -> Moments:
    if parcel is None:
        return Moments(placed_at=order.placed_at)
    arrived = (
        Delivered(parcel.delivered_at, DeliverySource(parcel.delivered_source))
        if parcel.delivered_at is not None and parcel.delivered_source is not None
        else None
    )
    return Moments(placed_at=order.placed_at, shipped_at=parcel.shipped_at, delivered=arrived)


def _plan_run(
    session: Session, run: Enrollment, document: FlowDocument, moments: Moments, zone: RecipientZone, now: datetime
) -> None:
    rows = {
        row.step: row
        for row in session.scalars(
            select(FollowUp).where(FollowUp.shop_id == run.shop_id, FollowUp.enrollment_id == run.id).with_for_update(),
        )
    }
    for step in document.steps:
        row = rows.get(step.key)
        if row is not None and row.state in {FollowUpState.DONE, FollowUpState.CLAIMED}:
            continue
        planned = plan(step, moments, zone, seed=f"{run.id}.{step.key}", now=now)
        fault.point("P1")
        if planned is None:
            continue
        if row is None:
            session.add(_new_row(run, step.key, planned))
            fault.point("P2")
        else:
            _move(row, planned)
        if planned.due_at <= now:
            ring_after_commit(session, SENDS)


def _new_row(run: Enrollment, step: str, planned: Plan) -> FollowUp:
    return FollowUp(
        shop_id=run.shop_id,
        enrollment_id=run.id,
        order_id=run.order_id,
        step=step,
        state=FollowUpState.SCHEDULED,
        due_at=planned.due_at,
        provisional=planned.provisional,
        expires_at=planned.expires_at,
        anchor_at=planned.anchor_at,
        zone=planned.zone.name,
        fence=0,
        attempts=0,
    )


def _move(row: FollowUp, planned: Plan) -> None:
    if row.anchor_at == planned.anchor_at and row.provisional == planned.provisional and row.zone == planned.zone.name:
        return  # the same plan: a passed slot or a postponement is not undone by hearing the same thing again
    row.anchor_at, row.provisional, row.zone = planned.anchor_at, planned.provisional, planned.zone.name
    row.due_at, row.expires_at, row.postponed_until = planned.due_at, planned.expires_at, None
