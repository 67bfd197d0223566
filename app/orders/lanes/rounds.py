"""Learn every shop's lanes once a day, and tell the parcels still out what was learned: a page a transaction."""

from __future__ import annotations

import time
from collections import defaultdict
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.kit.clock import business_now
from app.kit.events import emit
from app.kit.queue import BULK
from app.kit.runtime import Runtime
from app.kit.work import entered_shop, ring_after_commit, unit_of_work
from app.orders.arrival.delivery import Scan
from app.orders.lanes import book, foresee
from app.orders.lanes.learn_shop import learn_shop
from app.orders.lanes.models import LaneBook
from app.orders.models import Order
from app.orders.parcels import Fulfillment, FulfillmentEvent
from app.orders.record.told import OrderChanged
from app.shops.arrive import ShopConnected
from app.shops.whose_turn import claim, due

EVERY: Final = timedelta(days=1)
FIRST_AFTER: Final = timedelta(minutes=30)  # the orders of the last weeks are read first
OUT: Final = timedelta(days=130)  # longer than any latest day
PAGE: Final = 100
LEASE: Final = timedelta(minutes=5)
RUN_S: Final = 45.0  # RQ ends a job after two minutes


def shop_connected(session: Session, event: ShopConnected) -> None:
    """Learn soon after a shop has come, or come back, and daily from then on."""
    begin(session, business_now(session) + FIRST_AFTER)


def begin(session: Session, at: datetime) -> None:
    """Ask for the entered shop's lanes to be learned at `at`."""
    _ask(session, {"learn_at": at, "next_at": at, "after_parcel": 0})


def look_again(session: Session) -> None:
    """Tell the parcels still out anew, soon, without learning: what the merchant chose has changed."""
    _ask(session, {"next_at": business_now(session), "after_parcel": 0})


def waiting(session: Session) -> bool:
    """Tell whether any shop's round is due (asked with the system role)."""
    return session.scalar(select(LaneBook.id).where(due(session, LaneBook)).limit(1)) is not None


def run_due(runtime: Runtime) -> int:
    """Walk due rounds for RUN_S; return how many pages that were. A round cut short goes on at the next ring."""
    ends_at = time.monotonic() + RUN_S
    pages = 0
    while time.monotonic() < ends_at and (shop_id := claim(runtime, LaneBook, LEASE)) is not None:
        while _page(runtime, shop_id):
            pages += 1
            if time.monotonic() >= ends_at:
                break
        with unit_of_work(runtime, shop_id=shop_id) as session:
            session.execute(update(LaneBook).where(LaneBook.shop_id == shop_id).values(lease_until=None))
    return pages


def _page(runtime: Runtime, shop_id: int) -> bool:
    """Learn where that is due, else tell one page of parcels; return False when the round is over."""
    with unit_of_work(runtime, shop_id=shop_id) as session:
        lane_book = session.scalars(select(LaneBook).where(LaneBook.shop_id == shop_id).with_for_update()).one()
        now = business_now(session)
        if lane_book.learn_at <= now:
            learn_shop(session, lane_book, now)
            lane_book.learn_at, lane_book.after_parcel = now + EVERY, 0
            return True
        last = _tell(session, lane_book.after_parcel, now)
        lane_book.after_parcel = last or 0
        if last is None:
            lane_book.next_at = lane_book.learn_at
        return last is not None


def _tell(session: Session, after: int, now: datetime) -> int | None:
    """Derive anew what is expected of a page of parcels, and plan by it; return the last one's id, None at the end."""
    shop_id = entered_shop(session)
    page = session.execute(
        select(Fulfillment.id, Fulfillment.order_id)
        .where(
            Fulfillment.shop_id == shop_id,
            Fulfillment.id > after,
            Fulfillment.delivered_at.is_(None),
            Fulfillment.cancelled_at.is_(None),
            Fulfillment.shipped_at > now - OUT,
        )
        .order_by(Fulfillment.id)
        .limit(PAGE)
    ).all()
    if not page:
        return None
    # Orders before parcels, as every handler takes them.
    of_page = select(Order).where(Order.shop_id == shop_id, Order.id.in_({row.order_id for row in page}))
    orders = {one.id: one for one in session.scalars(of_page.order_by(Order.id).with_for_update())}
    parcels = session.scalars(
        select(Fulfillment)
        .where(Fulfillment.shop_id == shop_id, Fulfillment.id.in_([row.id for row in page]))
        .order_by(Fulfillment.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    scans: dict[int, list[Scan]] = defaultdict(list)
    for row in session.scalars(
        select(FulfillmentEvent).where(
            FulfillmentEvent.shop_id == shop_id, FulfillmentEvent.fulfillment_id.in_([one.id for one in parcels])
        )
    ):
        scans[row.fulfillment_id].append(Scan(row.status, row.happened_at, deleted=row.deleted_at is not None))
    model, place = book.whole(session), foresee.here(session)
    for parcel in parcels:
        order = orders[parcel.order_id]
        lane = model.of(foresee.key_of(order, parcel)) if model else None
        if foresee.write(order, parcel, scans[parcel.id], lane, place):
            session.flush()
            emit(session, OrderChanged(order.id))
    return parcels[-1].id


def _ask(session: Session, values: dict[str, object]) -> None:
    now = business_now(session)
    first = {"home": "", "kinds": {}, "learn_at": now + EVERY, "next_at": now, "after_parcel": 0}
    session.execute(
        insert(LaneBook)
        .values(first | values | {"shop_id": entered_shop(session)})
        .on_conflict_do_update(index_elements=["shop_id"], set_=values)
    )
    ring_after_commit(session, BULK)
