"""Start the runs that no event starts: first-order anniversaries, and days that passed without an order.

Asked every hour; what is asked, and why nothing is lost or started twice, is said in app/flows/runs/by_calendar.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session, aliased

from app.flows.facts import published
from app.flows.language.flow import FlowDocument
from app.flows.language.happenings import Event
from app.flows.language.steps import Subject
from app.flows.models import Enrollment, Flow
from app.flows.planning.enrol import start_run
from app.flows.planning.runs.look import look
from app.flows.runs.by_calendar import CATCH_UP, WATCHED, Dated, called_for
from app.flows.runs.triggers import UNPAID, Occasion
from app.flows.timing.recipient_zone import recipient_zone
from app.kit import fault
from app.kit.clock import business_now
from app.kit.each_shop import each_shop
from app.kit.runtime import Runtime
from app.kit.work import entered_shop, unit_of_work
from app.orders.models import Order
from app.shops.models import Shop
from app.shops.whose_turn import connected
from app.shops.zone import zone_name

A_DAY_AROUND: Final = timedelta(days=1)  # a local day begins up to fourteen hours before and after UTC's
OLDEST_YEARS: Final = 30
AT_ONCE: Final = 200


def watch(runtime: Runtime) -> int:
    """Start what is due in every shop; return how many runs were looked at for it."""
    with unit_of_work(runtime) as session:
        shops = session.scalars(connected().order_by(Shop.id)).all()
    return sum(each_shop("watch_calendar", shops, partial(_watch_shop, runtime)))


def _watch_shop(runtime: Runtime, shop_id: int) -> int:
    with unit_of_work(runtime, shop_id=shop_id) as session:
        wanted = [key for key, (flow, document) in published.current(session).items() if _watches(flow, document)]
    count = 0
    for key in wanted:
        after = 0
        while True:
            with unit_of_work(runtime, shop_id=shop_id, committed="L4") as session:
                flow, document = published.current(session)[key]
                orders = _candidates(session, flow, document, after)
                for order in orders:
                    _start(session, flow, document, order)
                count += len(orders)
                fault.point("L3")
            if len(orders) < AT_ONCE:
                break
            after = orders[-1].id
    return count


def _watches(flow: Flow, document: FlowDocument) -> bool:
    return flow.started_at is not None and document.trigger.on in WATCHED


def _start(session: Session, flow: Flow, document: FlowDocument, order: Order) -> None:
    if order.customer_id is None:
        return
    zone = recipient_zone(order.country, order.province, zone_name(session), order.zip).zone
    dated = Dated(order.id, order.customer_id, order.placed_at, zone)
    occasion = called_for(document, dated, flow.include_from, business_now(session))
    if occasion is not None and not _has_run(session, flow, occasion):
        start_run(session, flow, document, order, occasion)
        session.flush()
        look(session, order.id)


def _has_run(session: Session, flow: Flow, occasion: Occasion) -> bool:
    run = select(Enrollment.id).where(
        Enrollment.shop_id == flow.shop_id,
        Enrollment.flow_id == flow.id,
        Enrollment.subject_kind == occasion.subject,
        Enrollment.subject_id == occasion.subject_id,
        Enrollment.occurrence == occasion.occurrence,
    )
    return session.scalar(run.limit(1)) is not None


def _candidates(session: Session, flow: Flow, document: FlowDocument, after: int) -> Sequence[Order]:
    """Return orders that could be due and started nothing lately, by id: the last of a person, or the first."""
    now, other = business_now(session), aliased(Order)
    if flow.include_from is None:
        return ()
    back = max(timedelta(), min(CATCH_UP, now - flow.include_from))
    subject, subject_id = document.subject, Order.id if document.subject is Subject.ORDER else Order.customer_id
    lately = Enrollment.started_at >= now - CATCH_UP - 2 * A_DAY_AROUND
    of_flow = (Enrollment.shop_id == Order.shop_id) & (Enrollment.flow_id == flow.id)
    started = exists().where(of_flow, Enrollment.subject_kind == subject, Enrollment.subject_id == subject_id, lately)
    if document.trigger.on is Event.DAYS_WITHOUT_ORDER:
        length = timedelta(days=document.trigger.days or 0)
        due = _between(now - length - back, now - length)
        beside = other.placed_at > Order.placed_at
    else:
        due, beside = _on_this_day(now, back), other.placed_at < Order.placed_at
    another = select(other.id).where(
        other.shop_id == Order.shop_id, other.customer_id == Order.customer_id, beside, *_counts(other)
    )
    return session.scalars(
        select(Order)
        .where(Order.shop_id == entered_shop(session), Order.customer_id.is_not(None), Order.id > after)
        .where(
            due, *_counts(Order), Order.financial_status.not_in(UNPAID), ~another.exists(), ~started.correlate(Order)
        )
        .order_by(Order.id)
        .limit(AT_ONCE)
        .with_for_update(of=Order)
    ).all()


def _on_this_day(now: datetime, back: timedelta) -> ColumnElement[bool]:
    """Return what is true of orders placed on these days of an earlier year, wherever that day was."""
    found = []
    for years in range(1, OLDEST_YEARS + 1):
        then = now - timedelta(days=round(years * 365.25))
        found.append(_between(then - back - 2 * A_DAY_AROUND, then + 2 * A_DAY_AROUND))
    return or_(*found)


def _between(first: datetime, last: datetime) -> ColumnElement[bool]:
    return and_(Order.placed_at >= first, Order.placed_at <= last)


def _counts(table: type[Order]) -> tuple[ColumnElement[bool], ...]:
    return (table.cancelled_at.is_(None), table.deleted_at.is_(None), table.is_test.is_(False))
