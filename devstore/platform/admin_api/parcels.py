"""Answer for fulfilments, their contents and their carrier's events."""

from typing import Any

from devstore.platform.admin_api.call import Call
from devstore.platform.admin_api.connection import Page, page_of
from devstore.platform.admin_api.field import attributes, computed, field, globally, upper
from devstore.platform.admin_api.orders import one_order
from devstore.platform.names import read_gid
from devstore.state.models import Fulfillment, FulfillmentEvent, FulfillmentLine, LineItem, Order

# A carrier's word in an event, or the merchant's at the counter, and what the admin shows for the parcel then.
DISPLAYED = {
    "label_printed": "LABEL_PRINTED",
    "label_purchased": "LABEL_PURCHASED",
    "confirmed": "CONFIRMED",
    "carrier_picked_up": "CARRIER_PICKED_UP",
    "in_transit": "IN_TRANSIT",
    "out_for_delivery": "OUT_FOR_DELIVERY",
    "attempted_delivery": "ATTEMPTED_DELIVERY",
    "delayed": "DELAYED",
    "ready_for_pickup": "READY_FOR_PICKUP",
    "picked_up": "PICKED_UP",
    "delivered": "DELIVERED",
    "failure": "FAILURE",
}

attributes("Fulfillment", "createdAt", "updatedAt", "deliveredAt", "inTransitAt", "estimatedDeliveryAt")
upper("Fulfillment", status="status")
globally("Fulfillment")
attributes("FulfillmentTrackingInfo", "company", "number", "url")
globally("FulfillmentLineItem")
computed(
    "FulfillmentLineItem",
    quantity=lambda row, call: row.quantity,
    lineItem=lambda row, call: call.shelf.row(LineItem, row.line_item_id),
)
globally("FulfillmentEvent")
attributes(
    "FulfillmentEvent",
    *("happenedAt", "createdAt", "estimatedDeliveryAt", "message", "city", "province", "zip", "country"),
)
upper("FulfillmentEvent", status="status")
computed(
    "FulfillmentEvent",
    address1=lambda row, call: None,
    latitude=lambda row, call: None,
    longitude=lambda row, call: None,
)
computed(
    "Fulfillment",
    name=lambda row, call: f"{call.shelf.row(Order, row.order_id).name}.{row.number}",
    order=lambda row, call: call.shelf.row(Order, row.order_id),
    displayStatus=lambda row, call: display_status(row),
    requiresShipping=lambda row, call: any(line.requires_shipping for line in _lines(call, row)),
    totalQuantity=lambda row, call: sum(one.quantity for one in _contents(call, row)),
)


@field("QueryRoot", "fulfillment")
def fulfillment(_: Any, call: Call, args: dict[str, Any]) -> Fulfillment | None:
    """Return a parcel by id, if its order is in reach."""
    ident = read_gid(args["id"])
    return one_fulfillment(call, ident[1]) if ident and ident[0] == "Fulfillment" else None


def one_fulfillment(call: Call, number: int) -> Fulfillment | None:
    """Return one parcel if the app may see its order."""
    row: Fulfillment | None = call.shelf.row(Fulfillment, number)
    if row is None or row.shop_id != call.shop.id or one_order(call, row.order_id) is None:
        return None
    return row


@field("Fulfillment", "trackingInfo")
def tracking(row: Any, call: Call, args: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the tracking numbers with their links."""
    links = [*row.tracking_urls, *[None] * len(row.tracking_numbers)]
    pairs = zip(row.tracking_numbers, links, strict=False)
    found = [{"company": row.tracking_company, "number": number, "url": url} for number, url in pairs]
    if not found and row.tracking_company:
        found = [{"company": row.tracking_company, "number": None, "url": None}]
    return found[: args.get("first")]


@field("Fulfillment", "fulfillmentLineItems")
def contents(row: Any, call: Call, args: dict[str, Any]) -> Page:
    """Return a page of what travels in the parcel."""
    return page_of(_contents(call, row), args)


@field("Fulfillment", "events")
def events(row: Any, call: Call, args: dict[str, Any]) -> Page:
    """Return a page of the carrier's events."""
    found = call.shelf.children(FulfillmentEvent.fulfillment_id, Fulfillment, row.id)
    by_time = args.get("sortKey", "HAPPENED_AT") == "HAPPENED_AT"
    return page_of(found, args, key=(lambda event: event.happened_at) if by_time else None)


def display_status(row: Fulfillment) -> str:
    """Return what the admin shows: the carrier's last word, or that the parcel left."""
    if row.status == "cancelled":
        return "CANCELED"
    return DISPLAYED.get(row.shipment_status or "", "FULFILLED")


def _contents(call: Call, row: Fulfillment) -> list[FulfillmentLine]:
    return call.shelf.children(FulfillmentLine.fulfillment_id, Fulfillment, row.id)


def _lines(call: Call, row: Fulfillment) -> list[LineItem]:
    return [call.shelf.row(LineItem, one.line_item_id) for one in _contents(call, row)]
