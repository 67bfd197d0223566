"""Bodies of fulfilments and of a carrier's events."""

from dataclasses import dataclass
from typing import Any

from devstore.state.models import Fulfillment, FulfillmentEvent, LineItem, Order, Shop, gid
from devstore.webhooks.payloads.line import line_in_parcel
from devstore.webhooks.payloads.values import address, when

UNTOLD = "picked_up"  # shown by the Admin API alone: none of the words published for a body says it


@dataclass(frozen=True)
class Parcel:
    """A fulfilment with what is in it."""

    fulfillment: Fulfillment
    contents: tuple[tuple[LineItem, int], ...]


def parcel_body(parcel: Parcel, order: Order, shop: Shop, products: frozenset[int]) -> dict[str, Any]:
    """Return the body of fulfillments/create and fulfillments/update; `products` are those that still exist."""
    kept = parcel.fulfillment
    numbers, urls = kept.tracking_numbers, kept.tracking_urls
    return {
        "id": kept.id,
        "order_id": order.id,
        "status": kept.status,
        "created_at": when(kept.created_at, shop),
        "service": "manual",
        "updated_at": when(kept.updated_at, shop),
        "tracking_company": kept.tracking_company,
        "shipment_status": None if kept.shipment_status == UNTOLD else kept.shipment_status,
        "location_id": shop.id + 1,
        "origin_address": None,
        "email": order.email,
        "destination": address(order.shipping_address),
        "line_items": [
            line_in_parcel(line, order.currency, quantity, product_exists=line.product_id in products)
            for line, quantity in parcel.contents
        ],
        "tracking_number": numbers[0] if numbers else None,
        "tracking_numbers": numbers,
        "tracking_url": urls[0] if urls else None,
        "tracking_urls": urls,
        "receipt": {},
        "name": f"{order.name}.{kept.number}",
        "admin_graphql_api_id": gid("Fulfillment", kept.id),
    }


def event_body(event: FulfillmentEvent, shop: Shop) -> dict[str, Any]:
    """Return the body of fulfillment_events/create and fulfillment_events/delete."""
    return {
        "id": event.id,
        "fulfillment_id": event.fulfillment_id,
        "status": event.status,
        "message": event.message,
        "happened_at": when(event.happened_at, shop),
        "city": event.city,
        "province": event.province,
        "country": event.country,
        "zip": event.zip,
        "address1": None,
        "latitude": None,
        "longitude": None,
        "shop_id": shop.id,
        "created_at": when(event.created_at, shop),
        "updated_at": when(event.updated_at, shop),
        "estimated_delivery_at": when(event.estimated_delivery_at, shop),
        "order_id": event.order_id,
        "admin_graphql_api_id": gid("FulfillmentEvent", event.id),
    }
