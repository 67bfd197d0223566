"""Say, once for each time it happens, that a parcel is late or that a paid order has not been sent.

What is due stands in the rows: whoever learns of a scan or a parcel has put down from when on it is late. A new scan
ends an episode; the next one has an instant of its own, and so an event of its own.
"""

from __future__ import annotations

import time
from datetime import datetime
from typing import Final, TypeAlias

import structlog
from sqlalchemy import ColumnElement, select, tuple_
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.kit import fault
from app.kit.clock import business_now, real_now
from app.kit.collided import has_collided
from app.kit.engines import SYSTEM
from app.kit.events import emit
from app.kit.runtime import Runtime
from app.kit.work import unit_of_work
from app.orders.models import Order
from app.orders.parcels import Fulfillment
from app.orders.record import history
from app.orders.record.told import OrderChanged, Told
from app.shops.whose_turn import connected

WATCH: Final = "watch"  # where the event comes from: nobody told us, the time passed
AT_ONCE: Final = 50  # orders looked for together, each in a transaction of its own
RUN_S: Final = 20.0

Key: TypeAlias = tuple[int, int]  # shop, order
FIRST: Final[Key] = (0, 0)

log = structlog.get_logger()


def waiting(session: Session) -> bool:
    """Tell whether anything has become late (asked with the system role)."""
    return bool(_next(session, business_now(session), FIRST, 1))


def run_due(runtime: Runtime) -> int:
    """Say it of everything that is late by now; return of how many orders. What is left is said at the next ring.

    Each order is met once: those that cannot be told of stay late, and would else stand before all others.
    """
    ends_at = time.monotonic() + RUN_S
    done, after = 0, FIRST
    while time.monotonic() < ends_at:
        with unit_of_work(runtime, role=SYSTEM) as session:
            found = _next(session, business_now(session), after, AT_ONCE)
        if not found:
            break
        done += sum(_say_of(runtime, shop_id, order_id) for shop_id, order_id in found)
        after = found[-1]
    return done


def _say_of(runtime: Runtime, shop_id: int, order_id: int) -> bool:
    """Say it of one order; one that cannot be told of waits, and keeps no other waiting. Return whether it was said."""
    try:
        with unit_of_work(runtime, shop_id=shop_id, committed="D2") as session:
            _say(session, shop_id, order_id)
            fault.point("D1")
    except Exception as failure:
        # Where a webhook about the same order came first, the row still says that it is late.
        if not (isinstance(failure, DBAPIError) and has_collided(failure)):
            log.error("watch_failed", shop_id=shop_id, order=order_id, exc_info=failure)
        return False
    return True


def _next(session: Session, now: datetime, after: Key, most: int) -> list[Key]:
    """Return the orders after one, at most so many, that are late or have a parcel that is."""
    keys = [
        select(shop_id, order_id)
        .where(is_it, shop_id.in_(connected()), tuple_(shop_id, order_id) > after)
        .distinct()
        .order_by(shop_id, order_id)
        .limit(most)
        for shop_id, order_id, is_it in (
            (Fulfillment.shop_id, Fulfillment.order_id, _is_late(now)),
            (Order.shop_id, Order.id, _has_stalled(now)),
        )
    ]
    rows = {(shop_id, order_id) for each in keys for shop_id, order_id in session.execute(each)}
    return sorted(rows)[:most]


def _say(session: Session, shop_id: int, order_id: int) -> None:
    now = business_now(session)
    order = session.scalars(
        select(Order).where(Order.shop_id == shop_id, Order.id == order_id).with_for_update()
    ).one_or_none()
    if order is None:
        return
    late = session.scalars(
        select(Fulfillment)
        .where(Fulfillment.shop_id == shop_id, Fulfillment.order_id == order_id, _is_late(now))
        .order_by(Fulfillment.id)
        .with_for_update()
    ).all()
    for parcel in late:
        if parcel.late_at is not None:
            history.append(
                session, order_id, "delayed", parcel.late_at, Told(WATCH, now, real_now()),
                subject_id=parcel.shopify_id, changed=_grounds(parcel),
            )  # fmt: skip
            parcel.delayed_at = parcel.late_at
    if order.stalls_at is not None and order.stalls_at <= now and order.stalled_at is None:
        history.append(
            session, order_id, "fulfilment_stalled", order.stalls_at, Told(WATCH, now, real_now()),
            changed={"paid_at": order.paid_at.isoformat() if order.paid_at else None},
        )  # fmt: skip
        order.stalled_at = order.stalls_at
    session.flush()
    emit(session, OrderChanged(order_id))


def _grounds(parcel: Fulfillment) -> dict[str, str | None]:
    """Return what the lateness was judged by."""
    return {
        "by": parcel.late_by,
        "expected_to": parcel.expected_to.isoformat() if parcel.expected_to else None,
        "expected_by": parcel.expected_by,
        "last_scan_at": parcel.last_scan_at.isoformat() if parcel.last_scan_at else None,
    }


def _is_late(now: datetime) -> ColumnElement[bool]:
    return (Fulfillment.late_at <= now) & Fulfillment.delayed_at.is_(None)


def _has_stalled(now: datetime) -> ColumnElement[bool]:
    return (Order.stalls_at <= now) & Order.stalled_at.is_(None)
