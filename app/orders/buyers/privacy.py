"""What this domain holds of a person, and how it is taken out.

A copy of a person's data holds one entry an order, oldest first:

    order, placed_at, paid_at, cancelled_at, cancel_reason, financial_status, fulfillment_status, email, locale,
    country, province, zip, recipient_name, note, tags, discount_codes (a list), status_url, total, currency
    lines      title, variant, sku, quantity as ordered, current_quantity after removals and refunds, price of one,
               currency
    parcels    status, company, tracking_number, tracking_url, shipped_at, estimated_delivery_at, cancelled_at,
               ready_for_pickup_at, picked_up_at, delivered_at with delivered_source and delivered_confidence
               (app.orders.arrival.delivery), lines, and scans: status, at, message
    refunds    at, amount, currency, lines
    returns    return, status, opened_at, closed_at, lines

What a parcel, refund or return covers are lines of title, variant and quantity. Instants are ISO 8601 in UTC, money is
a decimal string next to its currency (ISO 4217), and what is not known is null. Keys are added, never renamed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.orm import Session

from app.customers.erase import CustomerErased
from app.kit.work import entered_shop
from app.orders import copy_out
from app.orders.models import Order, OrderEvent
from app.orders.parcels import Fulfillment, FulfillmentEvent
from app.orders.record.known import KNOWN


def export(session: Session, customer_ids: Sequence[int]) -> list[dict[str, Any]]:
    """Return the person's orders with lines, parcels, refunds and returns, as JSON values in the form above."""
    orders = session.scalars(
        select(Order)
        .where(Order.shop_id == entered_shop(session), Order.customer_id.in_(customer_ids))
        .order_by(Order.placed_at, Order.id)
    ).all()
    currencies = {order.id: order.currency for order in orders}
    theirs = list(currencies)
    lines, parcels = copy_out.lines(session, currencies), copy_out.parcels(session, theirs)
    refunds, returns = copy_out.refunds(session, currencies), copy_out.returns(session, theirs)
    return [
        _order(order)
        | {
            "lines": lines[order.id],
            "parcels": parcels[order.id],
            "refunds": refunds[order.id],
            "returns": returns[order.id],
        }
        for order in orders
    ]


def _order(row: Order) -> dict[str, Any]:
    return {
        "order": row.name,
        "placed_at": row.placed_at.isoformat(),
        "paid_at": copy_out.instant(row.paid_at),
        "cancelled_at": copy_out.instant(row.cancelled_at),
        "cancel_reason": row.cancel_reason,
        "financial_status": row.financial_status,
        "fulfillment_status": row.fulfillment_status,
        "email": row.email,
        "locale": row.locale,
        "country": row.country,
        "province": row.province,
        "zip": row.zip,
        "recipient_name": row.recipient_name,
        "note": row.note,
        "tags": row.tags,
        "discount_codes": None
        if row.discount_codes is None
        else [code for code in row.discount_codes.split("\n") if code],
        "status_url": row.status_url,
        "total": copy_out.amount(row.total, row.currency),
        "currency": row.currency,
    }


def customer_erased(session: Session, event: CustomerErased) -> None:
    """Take the person out of their orders and parcels; what was ordered and when it arrived stays, for counting.

    A tracking number goes too: at the carrier it leads to a name and an address. So do discount codes, which a shop may
    have made for one person; also out of what was noted as known.
    """
    shop_id = entered_shop(session)
    # The orders first: a parcel told meanwhile waits for its order, and then finds the person gone.
    session.execute(
        update(Order)
        .where(Order.shop_id == shop_id, Order.customer_id == event.customer_id)
        .values(
            email=None,
            note=None,
            zip=None,
            recipient_name=None,
            province=None,
            status_url=None,
            discount_codes=None,
            read_as=None,
        ),
    )
    orders = select(Order.id).where(Order.shop_id == shop_id, Order.customer_id == event.customer_id)
    session.execute(
        update(OrderEvent)
        .where(
            OrderEvent.shop_id == shop_id,
            OrderEvent.order_id.in_(orders),
            OrderEvent.kind == KNOWN,
            OrderEvent.changed["order"].has_key("discount_codes"),
        )
        .values(changed=OrderEvent.changed.op("#-")(array(["order", "discount_codes"])))
        .execution_options(synchronize_session=False),
    )
    parcels = select(Fulfillment.id).where(Fulfillment.shop_id == shop_id, Fulfillment.order_id.in_(orders))
    session.execute(
        update(Fulfillment)
        .where(Fulfillment.shop_id == shop_id, Fulfillment.order_id.in_(orders))
        .values(tracking_number=None, tracking_url=None),
    )
    session.execute(
        update(FulfillmentEvent)
        .where(FulfillmentEvent.shop_id == shop_id, FulfillmentEvent.fulfillment_id.in_(parcels))
        .values(message=None),
    )
