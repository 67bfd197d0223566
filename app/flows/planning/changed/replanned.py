"""Plan rows anew that are planned already, and put them where today's plan says. What moves is said before it moves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, Select, case, select
from sqlalchemy.orm import Session, aliased

from app.flows.facts.calendars import Whereabouts
from app.flows.facts.gather_items import ORDER_LINE
from app.flows.language.steps import Step, Subject
from app.flows.models import Enrollment, FollowUp, FollowUpState
from app.flows.planning.schedule import moments, row_seed
from app.flows.rules.reasons import OF_HOURS, Reason
from app.flows.timing.plan import Plan, Why, plan
from app.kit.queue import SENDS
from app.kit.rows.among import among
from app.kit.work import entered_shop, ring_after_commit
from app.orders.models import Order
from app.orders.parcels import Fulfillment, FulfillmentLine

Pending = tuple[FollowUp, Enrollment, Order, Fulfillment | None]
Beside = Mapping[tuple[int, int], Collection[Fulfillment]]  # parcels of one order in one flow, by (order, flow)

PENDING = (FollowUpState.SCHEDULED, FollowUpState.HELD)
OF_TIMING = OF_HOURS | {Reason.NOT_DELIVERED, Reason.TOO_SOON, Reason.TOGETHER}  # waits a new plan makes anew


@dataclass(frozen=True, slots=True)
class Move:
    """One planned row and its plan by today's rules. `planned.due_at` is when it will be due."""

    row: FollowUp
    planned: Plan

    @property
    def moves(self) -> bool:
        """Say whether it is due at another time than before."""
        return self.planned.due_at != self.row.due_at


def pending_rows(session: Session, *, lock: bool) -> Select[FollowUp, Enrollment, Order, Fulfillment]:
    """Return the query for the shop's planned rows with what they are planned by; a run about an order has no parcel.

    What is handed over already, being tried again or planned again by hand is not among them.
    """
    query = (
        select(FollowUp, Enrollment, Order, Fulfillment)
        .join(Enrollment, (Enrollment.shop_id == FollowUp.shop_id) & (Enrollment.id == FollowUp.enrollment_id))
        .join(Order, (Order.shop_id == FollowUp.shop_id) & (Order.id == FollowUp.order_id))
        .join(Fulfillment, _its_parcel_or_its_lines(), isouter=True)
        .where(FollowUp.shop_id == entered_shop(session), FollowUp.state.in_(PENDING))
        .where(FollowUp.message_id.is_(None), FollowUp.again_at.is_(None))
        .order_by(FollowUp.id)
        .execution_options(populate_existing=True)
    )
    return query.with_for_update(of=FollowUp) if lock else query


def its_parcel() -> ColumnElement[bool]:
    """Return what joins a run to the parcel it is about."""
    return (
        (Fulfillment.shop_id == Enrollment.shop_id)
        & (Fulfillment.id == Enrollment.subject_id)
        & (Enrollment.subject_kind == Subject.FULFILLMENT)
    )


def _its_parcel_or_its_lines() -> ColumnElement[bool]:
    """Return what joins a run to the parcel it is about, one about a single line to the first that carries it."""
    another = aliased(Fulfillment)
    first = (
        select(another.id)
        .join(
            FulfillmentLine,
            (FulfillmentLine.shop_id == another.shop_id) & (FulfillmentLine.fulfillment_id == another.id),
        )
        .where(FulfillmentLine.shop_id == Enrollment.shop_id, FulfillmentLine.order_line_id == Enrollment.subject_id)
        .where(another.cancelled_at.is_(None))
        .order_by(another.shipped_at, another.id)
        .limit(1)
        .correlate(Enrollment)
        .scalar_subquery()
    )
    parcel = case(
        (Enrollment.subject_kind == Subject.FULFILLMENT, Enrollment.subject_id),
        (Enrollment.subject_kind == ORDER_LINE, first),
    )
    return (Fulfillment.shop_id == Enrollment.shop_id) & (Fulfillment.id == parcel)


def replanned(
    session: Session, pending: Sequence[tuple[Pending, Step]], places: Whereabouts, now: datetime
) -> list[Move]:
    """Return today's plan of planned rows. Those overdue either way stay where they are and are not among them."""
    others = beside(session, {run.order_id for (_, run, _, _), _ in pending})
    plans = [
        moved(row, plan_run(places, step, run, order, parcel, others, now, since=row.anchor_at), now)
        for (row, run, order, parcel), step in pending
    ]
    return sorted((each for each in plans if each is not None), key=lambda each: each.planned.due_at)


def moved(row: FollowUp, planned: Plan | None, now: datetime) -> Move | None:
    """Return where today's plan puts a row; None for one that is overdue either way, and where there is no plan."""
    if planned is None or (row.due_at <= now and Why.LATE in planned.why):
        return None
    return Move(row, not_before(row, planned))


def carry_out(session: Session, made: Iterable[Move], now: datetime) -> None:
    """Put planned rows where their plans say."""
    for each in made:
        put(each)
        if each.planned.due_at <= now:
            ring_after_commit(session, SENDS)


def put(move: Move) -> None:
    """Put one planned row where its plan says."""
    row, planned = move.row, move.planned
    if move.moves and row.reason in OF_TIMING:
        row.postponed_until, row.reason = None, None
    row.due_at, row.expires_at = planned.due_at, planned.expires_at
    row.anchor_at, row.provisional, row.zone = planned.anchor_at, planned.provisional, planned.zone.name


def beside(session: Session, order_ids: Collection[int]) -> Beside:
    """Return the parcels of orders that flows run for."""
    rows = session.execute(
        select(Enrollment.flow_id, Fulfillment)
        .join(Fulfillment, its_parcel())
        .where(Enrollment.shop_id == entered_shop(session), among(Enrollment.order_id, sorted(order_ids)))
        .where(Enrollment.ended_at.is_(None))
    )
    found: dict[tuple[int, int], list[Fulfillment]] = defaultdict(list)
    for flow_id, parcel in rows:
        found[parcel.order_id, flow_id].append(parcel)
    return found


def plan_run(
    places: Whereabouts,
    step: Step,
    run: Enrollment,
    order: Order,
    parcel: Fulfillment | None,
    others: Beside,
    now: datetime,
    *,
    since: datetime | None = None,
) -> Plan | None:
    """Return today's plan of one step of a run, None while it cannot be planned; `since` the step before was done."""
    known = moments(order, parcel, others.get((run.order_id, run.flow_id), ()), run=run, previous_at=since)
    calendar = places.to_plan(order, step, now)
    return plan(step, known, places.zone(order), seed=row_seed(run, step.key), now=now, calendar=calendar)


def not_before(row: FollowUp, planned: Plan) -> Plan:
    """Return the plan, not before what else the row waits for."""
    waits_until = row.postponed_until
    if waits_until is None or row.reason in OF_TIMING or waits_until <= planned.due_at:
        return planned
    return replace(planned, due_at=waits_until, expires_at=max(planned.expires_at, row.expires_at))
