"""Move what is planned when a merchant changes a step: the same computation says what would move, and moves it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, Select, select, update
from sqlalchemy.orm import Session

from app.flows.facts.calendars import Whereabouts, whereabouts
from app.flows.language.steps import Step, Subject
from app.flows.models import Enrollment, Flow, FollowUp, FollowUpState
from app.flows.planning.record_decision import finish
from app.flows.planning.schedule import moments, new_row, row_seed
from app.flows.rules.reasons import OF_HOURS, Reason
from app.flows.timing.plan import Plan, Why, plan
from app.kit.queue import SENDS
from app.kit.work import entered_shop, ring_after_commit
from app.orders.models import Order
from app.orders.parcels import Fulfillment
from app.shops.zone import zone_name

Pending = tuple[FollowUp, Enrollment, Order, Fulfillment | None]

PENDING = (FollowUpState.SCHEDULED, FollowUpState.HELD)
OF_TIMING = OF_HOURS | {Reason.NOT_DELIVERED, Reason.TOO_SOON}  # waits a new plan makes anew


@dataclass(frozen=True, slots=True)
class Move:
    """One planned row that a change of its step moves. `planned.due_at` is when it will be due."""

    row: FollowUp
    planned: Plan


def moves(session: Session, flow: Flow, step: Step, now: datetime, *, lock: bool = False) -> list[Move]:
    """Return what moves when the flow's step becomes `step`, the earliest first. Changes nothing.

    A message on its way out, being tried again or overdue either way stays where it is; one that waits for something
    other than time (an open return, a person's pause) never comes earlier than that.
    """
    pending = [(pending, step) for pending in _pending(session, flow, step.key, lock=lock)]
    return compare(pending, whereabouts(session, zone_name(session)), now)


def compare(pending: Iterable[tuple[Pending, Step]], places: Whereabouts, now: datetime) -> list[Move]:
    """Return which planned rows are due at another time by today's plan of their step, the earliest first."""
    found = [
        Move(row, planned)
        for (row, run, order, parcel), step in pending
        if row.message_id is None and (planned := _planned(places, step, run, order, parcel, now)) is not None
        if row.due_at > now or Why.LATE not in planned.why
    ]
    kept = [replace(each, planned=_not_before(each.row, each.planned)) for each in found]
    return sorted(
        (each for each in kept if each.planned.due_at != each.row.due_at), key=lambda each: each.planned.due_at
    )


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


def carry_out(session: Session, made: Iterable[Move], now: datetime) -> None:
    """Put planned rows where their moves say."""
    for each in made:
        each.row.due_at, each.row.expires_at = each.planned.due_at, each.planned.expires_at
        each.row.anchor_at, each.row.provisional = each.planned.anchor_at, each.planned.provisional
        each.row.zone = each.planned.zone.name
        if each.row.reason in OF_TIMING:
            each.row.postponed_until, each.row.reason = None, None
        if each.planned.due_at <= now:
            ring_after_commit(session, SENDS)


def pending_rows(*, lock: bool) -> Select[FollowUp, Enrollment, Order, Fulfillment]:
    """Return the query for planned rows with what they are planned by; the parcel is None for a run about an order."""
    query = (
        select(FollowUp, Enrollment, Order, Fulfillment)
        .join(Enrollment, (Enrollment.shop_id == FollowUp.shop_id) & (Enrollment.id == FollowUp.enrollment_id))
        .join(Order, (Order.shop_id == FollowUp.shop_id) & (Order.id == FollowUp.order_id))
        .join(Fulfillment, _its_parcel(), isouter=True)
        .where(FollowUp.state.in_(PENDING))
        .order_by(FollowUp.id)
        .execution_options(populate_existing=True)
    )
    return query.with_for_update(of=FollowUp) if lock else query


def _pending(session: Session, flow: Flow, step: str, *, lock: bool) -> list[Pending]:
    rows = session.execute(
        pending_rows(lock=lock).where(
            FollowUp.shop_id == entered_shop(session), Enrollment.flow_id == flow.id, FollowUp.step == step
        )
    )
    return [(row, run, order, parcel) for row, run, order, parcel in rows]


def _plan_missing(session: Session, flow: Flow, step: Step, now: datetime) -> None:
    """Give unfinished runs the row they lack; one whose moment has passed is Shopify's, and says so."""
    mine = select(FollowUp.id).where(
        FollowUp.shop_id == Enrollment.shop_id, FollowUp.enrollment_id == Enrollment.id, FollowUp.step == step.key
    )
    rows = session.execute(
        select(Enrollment, Order, Fulfillment)
        .join(Order, (Order.shop_id == Enrollment.shop_id) & (Order.id == Enrollment.order_id))
        .join(Fulfillment, _its_parcel(), isouter=True)
        .where(Enrollment.shop_id == entered_shop(session), Enrollment.flow_id == flow.id)
        .where(_unfinished(), ~mine.exists())
        .order_by(Enrollment.id)
    ).all()
    places = whereabouts(session, zone_name(session))
    for run, order, parcel in rows:
        planned = _planned(places, step, run, order, parcel, now)
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


def _its_parcel() -> ColumnElement[bool]:
    return (
        (Fulfillment.shop_id == Enrollment.shop_id)
        & (Fulfillment.id == Enrollment.subject_id)
        & (Enrollment.subject_kind == Subject.FULFILLMENT)
    )


def _planned(
    places: Whereabouts, step: Step, run: Enrollment, order: Order, parcel: Fulfillment | None, now: datetime
) -> Plan | None:
    calendar = places.to_plan(order, step, now)
    seed = row_seed(run, step.key)
    return plan(step, moments(order, parcel), places.zone(order), seed=seed, now=now, calendar=calendar)


def _not_before(row: FollowUp, planned: Plan) -> Plan:
    """Return the plan, not before what else the row waits for."""
    waits_until = row.postponed_until
    if waits_until is None or row.reason in OF_TIMING or waits_until <= planned.due_at:
        return planned
    return replace(planned, due_at=waits_until, expires_at=max(planned.expires_at, row.expires_at))
