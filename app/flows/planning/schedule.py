"""Plan what an order's runs will say: enrol it where a flow has started, and put every unsent step at its due time.

Called whenever anything about an order changed. Planning the same facts again changes nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.flows.facts import published
from app.flows.facts.calendars import Whereabouts, whereabouts
from app.flows.facts.gather_groups import arrivals
from app.flows.language.flow import FlowDocument
from app.flows.language.steps import Subject
from app.flows.models import Enrollment, FollowUp, FollowUpState
from app.flows.planning.after_return import after_return, may_plan, parcel_of
from app.flows.planning.enrol import enrol
from app.flows.timing.plan import Moments, Plan, plan
from app.flows.timing.shipment_group import together_at
from app.kit import fault
from app.kit.clock import business_now
from app.kit.queue import SENDS
from app.kit.work import ring_after_commit
from app.orders.delivery import Delivered, DeliverySource
from app.orders.models import Order
from app.orders.parcels import Fulfillment
from app.orders.told import OrderChanged
from app.shops.models import ShopProfile


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
        enrol(session, flow, document, order, parcels)
    after_return(session, order)
    replan(session, order, parcels)


def replan(session: Session, order: Order, parcels: list[Fulfillment]) -> None:
    """Put every unsent step of the order's runs where today's facts say it belongs."""
    runs = session.scalars(
        select(Enrollment).where(Enrollment.shop_id == order.shop_id, Enrollment.order_id == order.id)
    ).all()
    if not runs:
        return
    documents = published.documents(session, [(run.flow_id, run.version) for run in runs])
    profile = session.scalars(select(ShopProfile).where(ShopProfile.shop_id == order.shop_id)).one_or_none()
    places = whereabouts(session, profile.timezone if profile else "")
    by_id = {parcel.id: parcel for parcel in parcels}
    now = business_now(session)
    for run in runs:
        parcel = parcel_of(session, run, by_id)
        known = moments(order, parcel, beside(run, runs, by_id))
        _plan_run(session, run, documents[run.flow_id, run.version], order, known, places, now)
    session.flush()
    fault.point("P3")


def row_seed(run: Enrollment, step: str) -> str:
    """Return what a row's jitter is drawn from: known before the run is stored, so that a preview says the same."""
    return f"{run.subject_kind}.{run.subject_id}.{step}"


def moments(order: Order, parcel: Fulfillment | None, beside: Collection[Fulfillment] = ()) -> Moments:
    """Return what has happened to an order, or to the one parcel of it a run is about.

    `beside` are the order's parcels in the same flow: what arrives together is asked about together.
    """
    if parcel is None:
        return Moments(placed_at=order.placed_at)
    arrived = (
        Delivered(parcel.delivered_at, DeliverySource(parcel.delivered_source))
        if parcel.delivered_at is not None and parcel.delivered_source is not None
        else None
    )
    return Moments(
        placed_at=order.placed_at,
        shipped_at=parcel.shipped_at,
        delivered=arrived,
        together_at=together_at(parcel.id, arrivals(beside)),
        is_split=sum(each.cancelled_at is None for each in beside) > 1,
    )


def beside(run: Enrollment, runs: Iterable[Enrollment], parcels: Mapping[int, Fulfillment]) -> list[Fulfillment]:
    """Return the parcels that runs of the same flow are about, among an order's."""
    same = [each for each in runs if each.flow_id == run.flow_id and each.subject_kind == Subject.FULFILLMENT]
    return [parcels[each.subject_id] for each in same if each.subject_id in parcels]


def _plan_run(
    session: Session,
    run: Enrollment,
    document: FlowDocument,
    order: Order,
    known: Moments,
    places: Whereabouts,
    now: datetime,
) -> None:
    zone = places.zone(order)
    rows = {
        row.step: row
        for row in session.scalars(
            select(FollowUp).where(FollowUp.shop_id == run.shop_id, FollowUp.enrollment_id == run.id).with_for_update(),
        )
    }
    speaks = may_plan(session, run, document.sends)
    for step in document.sends:
        row = rows.get(step.key)
        if step.key not in speaks:
            continue
        if row is not None and row.state in {FollowUpState.DONE, FollowUpState.CLAIMED}:
            continue
        calendar = places.to_plan(order, step, now)
        planned = plan(step, known, zone, seed=row_seed(run, step.key), now=now, calendar=calendar)
        fault.point("P1")
        if planned is None:
            continue
        if row is None:
            session.add(new_row(run, step.key, planned))
            fault.point("P2")
        else:
            _move(row, planned)
        if planned.due_at <= now:
            ring_after_commit(session, SENDS)


def new_row(run: Enrollment, step: str, planned: Plan) -> FollowUp:
    """Return a planned row, not stored yet."""
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
