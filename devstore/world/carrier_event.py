"""Note what a carrier reports about a parcel, and take it back when it was wrong."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from devstore.clock.now import store_now
from devstore.state.models import Fulfillment, FulfillmentEvent, Order, Shop
from devstore.webhooks.announce import announce
from devstore.webhooks.payloads.parcel import event_body
from devstore.world.refused import Refused
from devstore.world.tell import tell_order, tell_parcel

STATUSES = {
    "label_purchased": "A label was bought",
    "label_printed": "The label was printed",
    "confirmed": "The carrier knows about the parcel",
    "carrier_picked_up": "Picked up by the carrier",
    "in_transit": "On its way",
    "out_for_delivery": "Out for delivery",
    "attempted_delivery": "Delivery was attempted",
    "delayed": "Delayed",
    "ready_for_pickup": "Ready to be picked up",
    "delivered": "Delivered",
    "failure": "The parcel could not be delivered",
}


def add_event(
    session: Session,
    parcel: Fulfillment,
    status: str,
    *,
    happened_at: datetime | None = None,
    estimated_delivery_at: datetime | None = None,
    city: str | None = None,
) -> FulfillmentEvent:
    """Add a scan; announce fulfillment_events/create, fulfillments/update and orders/updated.

    `happened_at` is the carrier's time, now where absent, never after now. Raises Refused.
    """
    if status not in STATUSES:
        raise Refused("status", f"Status must be one of {', '.join(STATUSES)}.")
    if parcel.status == "cancelled":
        raise Refused("fulfillment", "This parcel is cancelled.")
    now = store_now(session)
    if happened_at is not None and happened_at > now:
        raise Refused("happened_at", "A carrier cannot report the future.")
    order = session.get_one(Order, parcel.order_id)
    shop = session.get_one(Shop, parcel.shop_id)
    event = FulfillmentEvent(
        shop_id=parcel.shop_id,
        order_id=parcel.order_id,
        fulfillment_id=parcel.id,
        status=status,
        message=STATUSES[status],
        city=city,
        country=(order.shipping_address or {}).get("country_code") or shop.country_code,
        happened_at=(happened_at or now).replace(microsecond=0),
        estimated_delivery_at=estimated_delivery_at,
        created_at=now,
        updated_at=now,
    )
    session.add(event)
    session.flush()
    announce(session, shop, "fulfillment_events/create", event_body(event, shop))
    _sum_up(session, order, parcel)
    return event


def delete_event(session: Session, event: FulfillmentEvent) -> None:
    """Take a scan back; announce fulfillment_events/delete, fulfillments/update and orders/updated."""
    shop = session.get_one(Shop, event.shop_id)
    parcel = session.get_one(Fulfillment, event.fulfillment_id)
    body = event_body(event, shop)
    session.delete(event)
    session.flush()
    announce(session, shop, "fulfillment_events/delete", body)
    _sum_up(session, session.get_one(Order, parcel.order_id), parcel)


def _sum_up(session: Session, order: Order, parcel: Fulfillment) -> None:
    """Set the parcel's status and dates from its events, the latest of which has the say."""
    events = list(
        session.scalars(
            select(FulfillmentEvent)
            .where(FulfillmentEvent.fulfillment_id == parcel.id)
            .order_by(FulfillmentEvent.happened_at, FulfillmentEvent.id)
        )
    )
    first = {event.status: event.happened_at for event in reversed(events)}
    estimates = [event.estimated_delivery_at for event in events if event.estimated_delivery_at]
    parcel.shipment_status = events[-1].status if events else None
    parcel.in_transit_at = first.get("in_transit")
    parcel.delivered_at = first.get("delivered")
    parcel.estimated_delivery_at = estimates[-1] if estimates else None
    parcel.updated_at = store_now(session)
    tell_parcel(session, order, parcel, "fulfillments/update")
    tell_order(session, order, "orders/updated")
