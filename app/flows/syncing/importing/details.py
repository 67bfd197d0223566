"""Ask what a file of orders cannot hold: where carriers saw parcels, what is in them, what came back.

A few orders a request, by their ids, the latest first, within half of what the shop's budget restores: this happens
once, and nothing waits for it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from app.flows.syncing.unread import note_unread
from app.kit import fault
from app.kit.clock import business_now, real_now
from app.kit.work import entered_shop
from app.orders.arrival.unsent import note_unsent
from app.orders.fetch import client
from app.orders.imports import HistoryImport, ImportState
from app.orders.models import Order
from app.orders.parcels import Fulfillment, FulfillmentLine
from app.orders.record.order import line_ids
from app.orders.record.parcel import record_fulfillment
from app.orders.record.reversal import record_refund, record_return
from app.orders.record.told import RECONCILE, Told
from app.orders.reversals import Refund
from app.shopify.asking import fetch
from app.shopify.asking.budget import Allowance, Meter
from app.shopify.payloads.facts import DetailsFacts

AT_ONCE: Final = 5
SHARE: Final = 0.5
AFTER_ALL: Final = timedelta(days=36_500)
GAVE_BACK: Final = ("refunded", "partially_refunded")


def count(session: Session) -> int:
    """Return of how many orders something is still to be asked."""
    return session.scalar(select(func.count()).select_from(Order).where(_lacking(session))) or 0


def page(session: Session, row: HistoryImport) -> bool:
    """Ask about a few orders and keep what is told; return whether more may follow at once."""
    now = business_now(session)
    orders = session.scalars(
        select(Order).where(_lacking(session), *_beyond(row)).order_by(Order.id.desc()).limit(AT_ONCE).with_for_update()
    ).all()
    if not orders:
        row.state, row.finished_at, row.next_at = ImportState.DONE, now, now + AFTER_ALL
        row.lease_until, row.last_fault = None, None
        return False
    meter = session.info["meter"] = Meter(rate=row.rate)
    told = Told(RECONCILE, now, real_now())
    known = {order.shopify_id: order for order in orders}
    found = fetch.order_details(client(session), list(known))
    note_unread(session, found.unread)
    for facts in found.items:
        _keep(session, known[facts.shopify_id], facts, told)
    row.detail_id = orders[-1].id
    row.details_read += len(orders)
    row.unusable += len(found.unread)
    left = Allowance(row.points, row.points_at, row.rate, SHARE).now(now).after(meter)
    row.points, row.points_at, row.rate, row.last_fault = left.points, now, left.rate, None
    row.next_at = now + left.wait
    fault.point("H5")
    return not left.wait


def _keep(session: Session, order: Order, facts: DetailsFacts, told: Told) -> None:
    lines = line_ids(session, order.id)
    for refund in facts.refunds:
        record_refund(session, order, refund, lines, told)
    for parcel in facts.fulfillments:
        record_fulfillment(session, order, parcel, lines, told)
    note_unsent(session, order)
    for case in facts.returns:
        record_return(session, order, case, lines, told)
    session.flush()


def _beyond(row: HistoryImport) -> tuple[ColumnElement[bool], ...]:
    return (Order.id < row.detail_id,) if row.detail_id else ()


def _lacking(session: Session) -> ColumnElement[bool]:
    """Say which orders have a parcel nobody told the contents of, or money back nobody said what for."""
    packed = exists().where(
        FulfillmentLine.shop_id == Fulfillment.shop_id, FulfillmentLine.fulfillment_id == Fulfillment.id
    )
    parcels = exists().where(Fulfillment.shop_id == Order.shop_id, Fulfillment.order_id == Order.id, ~packed)
    given_back = exists().where(Refund.shop_id == Order.shop_id, Refund.order_id == Order.id)
    return and_(
        Order.shop_id == entered_shop(session),
        Order.deleted_at.is_(None),
        or_(parcels, and_(Order.financial_status.in_(GAVE_BACK), ~given_back)),
    )
