"""What this domain holds of a person, and how it is taken out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.customers.erase import CustomerErased
from app.kit.work import entered_shop
from app.orders.models import Order
from app.orders.parcels import Fulfillment, FulfillmentEvent


def export(session: Session, customer_ids: Sequence[int]) -> list[dict[str, Any]]:
    """Return the person's orders, as JSON values."""
    rows = session.scalars(
        select(Order).where(Order.shop_id == entered_shop(session), Order.customer_id.in_(customer_ids))
    )
    return [
        {
            "order": row.name,
            "placed_at": row.placed_at.isoformat(),
            "email": row.email,
            "country": row.country,
            "province": row.province,
            "zip": row.zip,
            "recipient_name": row.recipient_name,
            "note": row.note,
            "total": str(row.total),
            "currency": row.currency,
        }
        for row in rows
    ]


def customer_erased(session: Session, event: CustomerErased) -> None:
    """Take the person out of their orders and parcels; what was ordered and when it arrived stays, for counting.

    A tracking number goes too: at the carrier it leads to a name and an address.
    """
    shop_id = entered_shop(session)
    # The orders first: a parcel told meanwhile waits for its order, and then finds the person gone.
    session.execute(
        update(Order)
        .where(Order.shop_id == shop_id, Order.customer_id == event.customer_id)
        .values(email=None, note=None, zip=None, recipient_name=None, province=None, status_url=None),
    )
    orders = select(Order.id).where(Order.shop_id == shop_id, Order.customer_id == event.customer_id)
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
