"""Plan what an order's runs will say: enrol it where a flow has started, and put every unsent step at its due time.

Called whenever anything about an order changed, and when a run looks again. Planning the same facts again changes
nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.flows.facts import published
from app.flows.facts.calendars import CalendarSetting, Whereabouts
from app.flows.facts.gather_groups import arrivals
from app.flows.facts.standing.standing import Run, standings, started_at
from app.flows.language.steps import Subject
from app.flows.models import Enrollment, FollowUp, FollowUpState
from app.flows.planning.around import MINE, ORDER, WAITING, Documents, around
from app.flows.planning.changed.after_return import after_return, parcel_of
from app.flows.planning.enrol import enrol
from app.flows.planning.runs.follow import come_to, keep_way, row_facts
from app.flows.runs.advance import Reached
from app.flows.timing.plan import Moments, Plan, plan
from app.flows.timing.recipient_zone import recipient_zone
from app.flows.timing.shipment_group import together_at
from app.kit import fault
from app.kit.clock import business_now
from app.kit.queue import BULK, SENDS
from app.kit.rows.question import SHOP, Question, one_of
from app.kit.rows.tracked import load
from app.kit.work import ring_after_commit
from app.orders.arrival.delivery import Delivered, DeliverySource
from app.orders.locked import lock_order
from app.orders.models import Order
from app.orders.parcels import Fulfillment, inferred
from app.orders.record.known import note
from app.orders.record.told import OrderChanged
from app.shops.settings import load_once
from app.shops.zone import zone_name

Rows = dict[str, FollowUp]

PARCELS: Final = Question(select(Fulfillment).where(Fulfillment.shop_id == SHOP, Fulfillment.order_id == ORDER))
RUNS_ON: Final = Question(select(Enrollment).where(*MINE, Enrollment.ended_at.is_(None)).order_by(Enrollment.id))
ROWS: Final = Question(
    select(FollowUp)
    .where(FollowUp.shop_id == SHOP, FollowUp.order_id == ORDER, one_of(FollowUp.enrollment_id, "runs"))
    .order_by(FollowUp.id)
    .with_for_update()
)


def order_changed(session: Session, event: OrderChanged) -> None:
    """Enrol the order and its parcels where flows have started, and plan their steps anew."""
    session.flush()
    now = business_now(session)
    # Most who tell us hold the order already; whoever decided about a review does not.
    order = lock_order(session, event.order_id)
    parcels = load(session, Fulfillment, (PARCELS, {"order": order.id}))
    profile_zone = zone_name(session)
    note(session, order.id, recipient_zone(order.country, order.province, profile_zone, order.zip).name, now)
    beside_it = around(session, order, now)
    enrol(session, beside_it.offered, beside_it.runs, order, parcels)
    after_return(session, order, beside_it.returns)
    replan(session, order, parcels, beside_it.documents)
    if beside_it.others_wait:
        # What they wait for may be this order.
        others = update(Enrollment).where(*WAITING).values(look_at=now)
        places = {"shop": order.shop_id, "order": order.id, "person": order.customer_id, "now": now}
        session.execute(others, places)


def replan(
    session: Session, order: Order, parcels: list[Fulfillment], known_documents: Documents | None = None
) -> None:
    """Put every unsent step of the order's runs where today's facts say it belongs."""
    runs = load(session, Enrollment, (RUNS_ON, {"order": order.id}))
    if not runs:
        return
    pinned = {(run.flow_id, run.version) for run in runs}
    documents = known_documents or {}
    if not pinned <= documents.keys():
        documents = published.documents(session, pinned)
    places = Whereabouts(load_once(session, CalendarSetting), zone_name(session))
    by_id = {parcel.id: parcel for parcel in parcels}
    now = business_now(session)
    rows = _locked_rows(session, order, [run.id for run in runs])
    known = [
        Run(
            run,
            order,
            parcel_of(session, run, by_id),
            documents[run.flow_id, run.version],
            row_facts(rows[run.id]),
        )
        for run in runs
    ]
    for one, stands in zip(known, standings(session, known, now), strict=True):
        told = come_to(session, one, stands, now)
        others = beside(one.enrollment, runs, by_id)
        for reached in told.reached:
            known_of = moments(one.order, one.parcel, others, run=one.enrollment, previous_at=reached.since)
            _plan_step(session, one, rows[one.enrollment.id], reached, known_of, places, now)
        keep_way(session, one, rows[one.enrollment.id], told, now)
        if one.enrollment.look_at is not None and one.enrollment.look_at <= now:
            ring_after_commit(session, BULK)
    session.flush()
    fault.point("P3")


def row_seed(run: Enrollment, step: str) -> str:
    """Return what a row's jitter is drawn from: known before the run is stored, so that a preview says the same."""
    times = f".{run.occurrence}" if run.occurrence else ""
    return f"{run.subject_kind}.{run.subject_id}.{step}{times}"


def moments(
    order: Order,
    parcel: Fulfillment | None,
    beside: Collection[Fulfillment] = (),
    *,
    run: Enrollment | None = None,
    previous_at: datetime | None = None,
) -> Moments:
    """Return what has happened to an order, or to the one parcel of it a run is about.

    `beside` are the order's parcels in the same flow: what arrives together is asked about together. `previous_at` is
    when the step before was done; a run that is only supposed counts from its subject.
    """
    since = parcel.shipped_at if parcel is not None else order.placed_at
    began = started_at(run, order, parcel) if run is not None else since
    previous = previous_at or began
    if parcel is None:
        return Moments(placed_at=order.placed_at, started_at=began, previous_at=previous)
    arrived = (
        Delivered(parcel.delivered_at, DeliverySource(parcel.delivered_source))
        if parcel.delivered_at is not None and parcel.delivered_source is not None
        else None
    )
    return Moments(
        placed_at=order.placed_at,
        shipped_at=parcel.shipped_at,
        delivered=arrived,
        inferred=inferred(parcel),
        together_at=together_at(parcel.id, arrivals(beside)),
        is_split=sum(each.cancelled_at is None for each in beside) > 1,
        started_at=began,
        previous_at=previous,
    )


def beside(run: Enrollment, runs: Iterable[Enrollment], parcels: Mapping[int, Fulfillment]) -> list[Fulfillment]:
    """Return the parcels that runs of the same flow are about, among an order's."""
    same = [each for each in runs if each.flow_id == run.flow_id and each.subject_kind == Subject.FULFILLMENT]
    return [parcels[each.subject_id] for each in same if each.subject_id in parcels]


def _locked_rows(session: Session, order: Order, runs: list[int]) -> Mapping[int, Rows]:
    found: dict[int, Rows] = {run: {} for run in runs}
    for row in load(session, FollowUp, (ROWS, {"order": order.id, "runs": runs})):
        found[row.enrollment_id][row.step] = row
    return found


def _plan_step(
    session: Session,
    one: Run,
    rows: Rows,
    reached: Reached,
    known: Moments,
    places: Whereabouts,
    now: datetime,
) -> None:
    step, run = reached.step, one.enrollment
    row = rows.get(step.key)
    if row is not None and row.state in {FollowUpState.DONE, FollowUpState.CLAIMED}:
        return
    planned = plan(
        step,
        known,
        places.zone(one.order),
        seed=row_seed(run, step.key),
        now=now,
        calendar=places.to_plan(one.order, step, now),
    )
    fault.point("P1")
    if planned is None:
        return
    if row is None:
        rows[step.key] = new_row(run, step.key, planned)
        session.add(rows[step.key])
        fault.point("P2")
    else:
        move(row, planned)
    if planned.due_at <= now:
        ring_after_commit(session, SENDS)


def new_row(run: Enrollment, step: str, planned: Plan, made: Callable[..., FollowUp] = FollowUp) -> FollowUp:
    """Return a planned row, not stored yet."""
    return made(
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


def move(row: FollowUp, planned: Plan) -> None:
    """Put an unsent row where its plan says; one that somebody had planned again stays where they put it."""
    if row.again_at is not None:
        return
    if row.anchor_at == planned.anchor_at and row.provisional == planned.provisional and row.zone == planned.zone.name:
        return  # the same plan: a passed slot or a postponement is not undone by hearing the same thing again
    row.anchor_at, row.provisional, row.zone = planned.anchor_at, planned.provisional, planned.zone.name
    row.due_at, row.expires_at, row.postponed_until = planned.due_at, planned.expires_at, None
