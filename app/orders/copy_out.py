"""Copy what hangs on orders into JSON values: lines, parcels, refunds and returns, each by our id of the order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from babel.numbers import get_currency_precision
from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.kit.work import entered_shop
from app.orders.arrival.delivery import CONFIDENCE, DeliverySource
from app.orders.models import OrderLine
from app.orders.parcels import Fulfillment, FulfillmentEvent, FulfillmentLine
from app.orders.reversals import Refund, RefundLine, ReturnCase, ReturnLine

Entries = defaultdict[int, list[dict[str, Any]]]


def instant(at: datetime | None) -> str | None:
    """Return an instant in ISO 8601, in UTC; null stays null."""
    return at.isoformat() if at else None


def amount(value: Decimal | None, currency: str) -> str | None:
    """Return money as a decimal string with as many places as its currency has: 64.00 for GBP, 64 for JPY."""
    if value is None:
        return None
    kept = max(get_currency_precision(currency), len(f"{value:f}".partition(".")[2].rstrip("0")))
    return f"{value:.{kept}f}"


def lines(session: Session, currencies: Mapping[int, str]) -> Entries:
    """Return what was ordered; `currencies` are the orders' own, by our ids of them."""
    found: Entries = defaultdict(list)
    for row in session.scalars(
        select(OrderLine)
        .where(OrderLine.shop_id == entered_shop(session), OrderLine.order_id.in_(currencies))
        .order_by(OrderLine.shopify_id)
    ):
        currency = currencies[row.order_id]
        found[row.order_id].append(
            {
                "title": row.title,
                "variant": row.variant_title,
                "sku": row.sku,
                "quantity": row.quantity,
                "current_quantity": row.current_quantity,
                "price": amount(row.price, currency),
                "currency": currency,
            }
        )
    return found


def parcels(session: Session, order_ids: Sequence[int]) -> Entries:
    """Return parcels with what is in them, when they left and arrived, and where the carrier saw them."""
    shop_id = entered_shop(session)
    rows = session.scalars(
        select(Fulfillment)
        .where(Fulfillment.shop_id == shop_id, Fulfillment.order_id.in_(order_ids))
        .order_by(Fulfillment.shipped_at, Fulfillment.id)
    ).all()
    ids = [row.id for row in rows]
    contents = _contents(session, FulfillmentLine, FulfillmentLine.fulfillment_id, ids)
    scans: Entries = defaultdict(list)
    for scan in session.scalars(
        select(FulfillmentEvent)
        .where(FulfillmentEvent.shop_id == shop_id, FulfillmentEvent.fulfillment_id.in_(ids))
        .where(FulfillmentEvent.deleted_at.is_(None))
        .order_by(FulfillmentEvent.happened_at, FulfillmentEvent.id)
    ):
        told = {"status": scan.status, "at": scan.happened_at.isoformat(), "message": scan.message}
        scans[scan.fulfillment_id].append(told)
    found: Entries = defaultdict(list)
    for row in rows:
        found[row.order_id].append(
            {
                "status": row.status,
                "company": row.tracking_company,
                "tracking_number": row.tracking_number,
                "tracking_url": row.tracking_url,
                "shipped_at": row.shipped_at.isoformat(),
                "estimated_delivery_at": instant(row.estimated_delivery_at),
                "cancelled_at": instant(row.cancelled_at),
                "ready_for_pickup_at": instant(row.ready_for_pickup_at),
                "picked_up_at": instant(row.picked_up_at),
                "delivered_at": instant(row.delivered_at),
                "delivered_source": row.delivered_source,
                "delivered_confidence": _confidence(row.delivered_source),
                "lines": contents[row.id],
                "scans": scans[row.id],
            }
        )
    return found


def refunds(session: Session, currencies: Mapping[int, str]) -> Entries:
    """Return refunds with what they cover; `currencies` are the orders' own, by our ids of them."""
    rows = session.scalars(
        select(Refund)
        .where(Refund.shop_id == entered_shop(session), Refund.order_id.in_(currencies))
        .order_by(Refund.happened_at, Refund.id)
    ).all()
    contents = _contents(session, RefundLine, RefundLine.refund_id, [row.id for row in rows])
    found: Entries = defaultdict(list)
    for row in rows:
        currency = currencies[row.order_id]
        told = {"at": row.happened_at.isoformat(), "amount": amount(row.amount, currency), "currency": currency}
        found[row.order_id].append(told | {"lines": contents[row.id]})
    return found


def returns(session: Session, order_ids: Sequence[int]) -> Entries:
    """Return returns with what comes back."""
    rows = session.scalars(
        select(ReturnCase)
        .where(ReturnCase.shop_id == entered_shop(session), ReturnCase.order_id.in_(order_ids))
        .order_by(ReturnCase.opened_at, ReturnCase.id)
    ).all()
    contents = _contents(session, ReturnLine, ReturnLine.return_case_id, [row.id for row in rows])
    found: Entries = defaultdict(list)
    for row in rows:
        told = {"return": row.name, "status": row.status, "opened_at": row.opened_at.isoformat()}
        found[row.order_id].append(told | {"closed_at": instant(row.closed_at), "lines": contents[row.id]})
    return found


def _contents(
    session: Session,
    kind: type[FulfillmentLine | RefundLine | ReturnLine],
    whole: InstrumentedAttribute[int],
    ids: Sequence[int],
) -> Entries:
    """Return what parcels, refunds or returns cover, by the id in the column `whole`."""
    rows = session.execute(
        select(whole, OrderLine.title, OrderLine.variant_title, kind.quantity)
        .join(OrderLine, (OrderLine.shop_id == kind.shop_id) & (OrderLine.id == kind.order_line_id))
        .where(kind.shop_id == entered_shop(session), whole.in_(ids))
        .order_by(OrderLine.shopify_id)
    )
    found: Entries = defaultdict(list)
    for id_, title, variant, quantity in rows:
        found[id_].append({"title": title, "variant": variant, "quantity": quantity})
    return found


def _confidence(source: str | None) -> str | None:
    return CONFIDENCE[DeliverySource(source)].value if source else None
