"""Let runs look again whose time has come: a wait that passed, a fork that can be decided. The row is the truth."""

from __future__ import annotations

import time
from datetime import datetime
from typing import Final

import structlog
from sqlalchemy import ColumnElement, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.flows.models import Enrollment
from app.flows.planning.runs.follow import OVERDUE
from app.flows.planning.schedule import replan
from app.kit import fault
from app.kit.clock import business_now
from app.kit.collided import has_collided
from app.kit.engines import SYSTEM
from app.kit.runtime import Runtime
from app.kit.work import entered_shop, unit_of_work
from app.orders.models import Order
from app.orders.parcels import Fulfillment
from app.shops.whose_turn import connected

AT_ONCE: Final = 50  # orders of one shop, each in a transaction of its own
SHOPS_AT_ONCE: Final = 100
RUN_S: Final = 45.0

log = structlog.get_logger()


def waiting(session: Session) -> bool:
    """Tell whether any run's time has come (asked with the system role)."""
    return session.scalar(select(Enrollment.id).where(*is_due(session)).limit(1)) is not None


def run_due(runtime: Runtime) -> int:
    """Look at runs for RUN_S, shop by shop; return how many orders that were. The rest goes on at the next ring."""
    ends_at = time.monotonic() + RUN_S
    looked = 0
    while time.monotonic() < ends_at and (shops := _shops(runtime)):
        before = looked
        for shop_id in shops:
            looked += _look_in(runtime, shop_id, ends_at)
        if looked == before:
            break
    return looked


def _shops(runtime: Runtime) -> list[int]:
    with unit_of_work(runtime, role=SYSTEM) as session:
        first = (
            select(Enrollment.shop_id).where(*is_due(session)).order_by(Enrollment.look_at).limit(SHOPS_AT_ONCE * 10)
        )
        return sorted(set(session.scalars(first)))[:SHOPS_AT_ONCE]


def _look_in(runtime: Runtime, shop_id: int, ends_at: float) -> int:
    with unit_of_work(runtime, shop_id=shop_id) as session:
        orders = session.scalars(
            select(Enrollment.order_id)
            .where(Enrollment.shop_id == shop_id, *is_due(session))
            .group_by(Enrollment.order_id)
            .order_by(Enrollment.order_id)
            .limit(AT_ONCE)
        ).all()
    looked = 0
    for order_id in orders:
        if time.monotonic() >= ends_at:
            break
        try:
            with unit_of_work(runtime, shop_id=shop_id, committed="L2") as session:
                look(session, order_id)
                fault.point("L1")
        except Exception as failure:
            # Where a webhook about the same order came first, the row still says that it waits.
            if not (isinstance(failure, DBAPIError) and has_collided(failure)):
                log.error("look_failed", shop_id=shop_id, order=order_id, exc_info=failure)
                with unit_of_work(runtime, shop_id=shop_id) as session:
                    _put_off(session, order_id, business_now(session))  # it keeps no other waiting
            continue
        looked += 1
    return looked


def look(session: Session, order_id: int) -> None:
    """Follow the runs of one order as far as they go now. Holds the order, as whoever changes it does."""
    shop_id, now = entered_shop(session), business_now(session)
    order = session.scalars(
        select(Order).where(Order.shop_id == shop_id, Order.id == order_id).with_for_update()
    ).one_or_none()
    if order is not None:
        of_order = select(Fulfillment).where(Fulfillment.shop_id == shop_id, Fulfillment.order_id == order_id)
        replan(session, order, list(session.scalars(of_order)))
    _put_off(session, order_id, now)  # whatever came of it, nothing may be due at once for ever: it could be gone


def _put_off(session: Session, order_id: int, now: datetime) -> None:
    """Let runs of an order that are due look again later."""
    session.execute(
        update(Enrollment)
        .where(Enrollment.shop_id == entered_shop(session), Enrollment.order_id == order_id, Enrollment.look_at <= now)
        .values(look_at=now + OVERDUE)
    )


def is_due(session: Session) -> tuple[ColumnElement[bool], ...]:
    """Return what is true of runs whose time to look again has come."""
    return (
        Enrollment.look_at <= business_now(session),
        Enrollment.ended_at.is_(None),
        Enrollment.shop_id.in_(connected()),
    )
