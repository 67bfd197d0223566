"""Say what moving running enrollments to another version does to each planned message, and do exactly that."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session

from app.flows.facts import published
from app.flows.facts.calendars import Whereabouts, whereabouts
from app.flows.facts.standing.standing import Run, standings
from app.flows.language.flow import FlowDocument
from app.flows.language.steps import Step, StepState
from app.flows.models import Enrollment, Flow, FollowUp, FollowUpState
from app.flows.planning.changed.after_return import parcel_of
from app.flows.planning.changed.replanned import PENDING, Beside, Move, beside, carry_out, not_before, plan_run
from app.flows.planning.record_decision import finish
from app.flows.planning.runs.follow import REASONS, come_to, keep_way, row_facts
from app.flows.planning.schedule import new_row
from app.flows.rules.reasons import Reason
from app.flows.runs.advance import Advanced, Reached
from app.flows.runs.path import path_json, read_path, still_there
from app.flows.timing.plan import Plan, Why
from app.kit.queue import BULK, SENDS
from app.kit.work import entered_shop, ring_after_commit
from app.orders.models import Order
from app.orders.parcels import Fulfillment
from app.shops.zone import zone_name

AT_ONCE: Final = 500  # runs whose facts are read together


class Kind(StrEnum):
    """Say what becomes of one message of one run."""

    MOVED = "moved"
    ADDED = "added"
    DROPPED = "dropped"
    LATER = "later"  # a wait or a fork stands before it now: it is planned when the run comes to it


@dataclass(frozen=True, slots=True)
class Shift:
    """One message of one run: when it is due, and when it will be. `reason` is why it is dropped, or never sent."""

    kind: Kind
    run: Enrollment
    order: Order
    step: str
    row: FollowUp | None
    planned: Plan | None = None
    reason: Reason | None = None

    @property
    def before(self) -> datetime | None:
        """Return when it is due now (UTC)."""
        return self.row.due_at if self.row is not None else None

    @property
    def after(self) -> datetime | None:
        """Return when it will be due (UTC); None where it will not be, or not yet."""
        return self.planned.due_at if self.planned is not None and self.reason is None else None


@dataclass(frozen=True, slots=True)
class Plans:
    """What planning a step takes: where people are, what arrives beside, and when it is."""

    places: Whereabouts
    others: Beside
    now: datetime

    def of(self, one: Run, reached: Reached) -> Plan | None:
        """Return the plan of a message a run has come to."""
        run = one.enrollment
        return plan_run(
            self.places, reached.step, run, one.order, one.parcel, self.others, self.now, since=reached.since
        )


@dataclass(frozen=True, slots=True)
class Moved:
    """One run with what moving it does."""

    one: Run
    rows: dict[str, FollowUp]
    told: Advanced
    shifts: tuple[Shift, ...]


def shifts(session: Session, flow: Flow, document: FlowDocument, now: datetime) -> list[Shift]:
    """Return what moving every unfinished run to a document would do, the earliest first. Changes nothing."""
    found = [each for moved in _moved(session, flow, document, now, lock=False) for each in moved.shifts]
    return sorted(found, key=lambda each: (each.after or each.before or now, each.run.id, each.step))


def move_runs(session: Session, flow: Flow, document: FlowDocument, now: datetime) -> list[Shift]:
    """Bring every unfinished run to the flow's published version, which is `document`; return what it did."""
    made: list[Shift] = []
    for moved in _moved(session, flow, document, now, lock=True):
        for each in moved.shifts:
            _carry_out(session, moved, each, now)
        run = moved.one.enrollment
        run.version = flow.version
        run.path = path_json(still_there(read_path(run.path), document))
        session.flush()
        rows = {row.step: row for row in session.scalars(_rows_of([run.id], entered_shop(session)))}
        keep_way(session, moved.one, rows, moved.told, now)
        if run.look_at is not None and run.look_at <= now:
            ring_after_commit(session, BULK)
        made += moved.shifts
    session.flush()
    return sorted(made, key=lambda each: (each.after or each.before or now, each.run.id, each.step))


def unfinished() -> ColumnElement[bool]:
    """Return what is true of a run that still has something to say or to decide."""
    mine = select(FollowUp.id).where(
        FollowUp.shop_id == Enrollment.shop_id,
        FollowUp.enrollment_id == Enrollment.id,
        FollowUp.state != FollowUpState.DONE,
    )
    return Enrollment.ended_at.is_(None) & or_(Enrollment.look_at.is_not(None), mine.correlate(Enrollment).exists())


def _moved(session: Session, flow: Flow, document: FlowDocument, now: datetime, *, lock: bool) -> Iterator[Moved]:
    after = 0
    places = whereabouts(session, zone_name(session))
    while True:
        query = (
            select(Enrollment, Order)
            .join(Order, (Order.shop_id == Enrollment.shop_id) & (Order.id == Enrollment.order_id))
            .where(Enrollment.shop_id == entered_shop(session), Enrollment.flow_id == flow.id, Enrollment.id > after)
            .where(unfinished())
            .order_by(Enrollment.id)
            .limit(AT_ONCE)
            .execution_options(populate_existing=True)
        )
        found = session.execute(query.with_for_update(of=Order) if lock else query).all()
        if found:
            yield from _chunk(session, document, [(run, order) for run, order in found], places, now, lock=lock)
        if len(found) < AT_ONCE:
            return
        after = found[-1][0].id


def _chunk(
    session: Session,
    document: FlowDocument,
    found: Sequence[tuple[Enrollment, Order]],
    places: Whereabouts,
    now: datetime,
    *,
    lock: bool,
) -> Iterator[Moved]:
    shop_id = entered_shop(session)
    runs = [run for run, _ in found]
    before = published.documents(session, [(run.flow_id, run.version) for run in runs])
    rows: dict[int, dict[str, FollowUp]] = {run.id: {} for run in runs}
    query = _rows_of([run.id for run in runs], shop_id)
    for row in session.scalars(query.with_for_update() if lock else query):
        rows[row.enrollment_id][row.step] = row
    orders = sorted({order.id for _, order in found})
    parcels = {
        parcel.id: parcel
        for parcel in session.scalars(
            select(Fulfillment).where(Fulfillment.shop_id == shop_id, Fulfillment.order_id.in_(orders))
        )
    }
    others = beside(session, orders)
    ones = [
        Run(
            run,
            order,
            parcel_of(session, run, parcels),
            document,
            row_facts(rows[run.id]),
        )
        for run, order in found
    ]
    for one, stands in zip(ones, standings(session, ones, now), strict=True):
        run = one.enrollment
        told = come_to(session, one, stands, now)
        made = _shifts(one, before[run.flow_id, run.version], rows[run.id], told, Plans(places, others, now))
        yield Moved(one, rows[run.id], told, tuple(made))


def _shifts(one: Run, before: FlowDocument, rows: dict[str, FollowUp], told: Advanced, plans: Plans) -> Iterator[Shift]:
    run, order, document = one.enrollment, one.order, one.document
    reached = {each.step.key: each for each in told.reached}
    known = {step.key for step in document.sends}
    old = {step.key: step for step in before.sends}
    for key, row in rows.items():
        if row.state not in PENDING or row.message_id is not None:
            continue
        if told.ended is not None:
            yield Shift(Kind.DROPPED, run, order, key, row, reason=REASONS[told.ended])
        elif key not in known:
            yield Shift(Kind.DROPPED, run, order, key, row, reason=Reason.STEP_GONE)
        elif key not in reached:
            untried = row.attempts == 0 and row.again_at is None
            yield from (Shift(Kind.LATER, run, order, key, row) for _ in range(untried))
        elif (planned := _new_time(one, old.get(key), row, reached[key], plans)) is not None:
            yield Shift(Kind.MOVED, run, order, key, row, planned)
    for key, each in reached.items():
        if key in rows or (planned := plans.of(one, each)) is None:
            continue
        was = old.get(key)
        late = Why.LATE in planned.why
        of_shopify = was is not None and was.state is StepState.LEFT_TO_SHOPIFY
        missed = Reason.LEFT_TO_SHOPIFY if of_shopify else Reason.ADDED_LATER
        yield Shift(Kind.ADDED, run, order, key, None, planned, missed if late else None)


def _new_time(one: Run, old: Step | None, row: FollowUp, reached: Reached, plans: Plans) -> Plan | None:
    """Return where a planned message moves to; None where it stays: same timing, on its way, or overdue either way.

    One that somebody had planned again stays where they put it.
    """
    step = reached.step
    alike = old is not None and replace(old, state=step.state, goal=step.goal, template=step.template) == step
    planned = plans.of(one, reached)
    if alike or row.again_at is not None or planned is None or (row.due_at <= plans.now and Why.LATE in planned.why):
        return None
    kept = not_before(row, planned)
    return kept if kept.due_at != row.due_at else None


def _carry_out(session: Session, moved: Moved, each: Shift, now: datetime) -> None:
    match each.kind:
        case Kind.MOVED if each.row is not None and each.planned is not None:
            carry_out(session, [Move(each.row, each.planned)], now)
        case Kind.DROPPED if each.row is not None:
            finish(each.row, each.reason or Reason.STEP_GONE, now)
        case Kind.LATER if each.row is not None:
            session.delete(each.row)  # it was never tried: when the run comes to it, it is planned anew
        case Kind.ADDED if each.planned is not None:
            row = new_row(each.run, each.step, each.planned)
            if each.reason is not None:
                finish(row, each.reason, now)
            elif row.due_at <= now:
                ring_after_commit(session, SENDS)
            session.add(row)
        case _:
            raise AssertionError(each.kind)


def _rows_of(runs: Sequence[int], shop_id: int) -> Select[FollowUp]:
    return (
        select(FollowUp)
        .where(FollowUp.shop_id == shop_id, FollowUp.enrollment_id.in_(runs))
        .order_by(FollowUp.id)
        .execution_options(populate_existing=True)
    )
