"""Read orders, parcels, refunds and returns out of Admin API nodes, as the documents ask for them. Pure.

`denied` holds the dotted names, from the node down, of fields Shopify refused because protected customer data was not
approved; they end up in `withheld`. Every function raises PayloadError for what it cannot use.
"""

from __future__ import annotations

from typing import Any

from app.shopify.payloads import node_people
from app.shopify.payloads.facts import (
    DestinationFacts,
    DetailsFacts,
    FulfillmentEventFacts,
    FulfillmentFacts,
    LineFacts,
    Money,
    OrderFacts,
    RefundFacts,
    ReturnFacts,
)
from app.shopify.payloads.fields import Fields
from app.shopify.payloads.vocabulary import (
    FinancialStatus,
    FulfillmentStatus,
    OrderFulfillment,
    ReturnStatus,
    ShipmentStatus,
)

NONE: frozenset[str] = frozenset()

ORDER_FULFILLMENT = {
    "FULFILLED": OrderFulfillment.FULFILLED,
    "PARTIALLY_FULFILLED": OrderFulfillment.PARTIALLY_FULFILLED,
    "RESTOCKED": OrderFulfillment.RESTOCKED,
    "FULFILLMENT_NOT_REQUIRED": OrderFulfillment.NOT_REQUIRED,
}

# States of a fulfilment that say nothing about where the parcel is; webhooks have null for them.
NOT_A_PLACE = frozenset({"FULFILLED", "MARKED_AS_FULFILLED", "SUBMITTED", "CANCELED", "LABEL_VOIDED"})

WITHHELD = {
    "email": "email",
    "phone": "phone",
    "statusPageUrl": "status_url",
    "customer": "customer",
    "shippingAddress": "destination",
    "shippingAddress.firstName": "destination.first_name",
    "shippingAddress.lastName": "destination.last_name",
    "shippingAddress.zip": "destination.zip",
}


def order(node: Any, denied: frozenset[str] = NONE) -> OrderFacts:
    """Return the order in a node that holds OrderFields."""
    it = Fields(node)
    shopify_id = it.identifier("id")
    buyer, address = it.maybe_child("customer"), it.maybe_child("shippingAddress")
    parcels = it.children("fulfillments")
    parcel_count = it.maybe_child("fulfillmentsCount")
    return OrderFacts(
        shopify_id=shopify_id,
        name=it.text("name"),
        email=it.maybe_address("email"),
        phone=it.maybe_text("phone"),
        locale=it.maybe_text("customerLocale"),
        total=_money(it, "currentTotalPriceSet"),
        financial_status=it.choice("displayFinancialStatus", FinancialStatus, FinancialStatus.UNKNOWN),
        fulfillment_status=ORDER_FULFILLMENT.get(it.text("displayFulfillmentStatus"), OrderFulfillment.UNFULFILLED),
        is_test=it.flag("test"),
        note=it.maybe_text("note"),
        status_url=it.maybe_text("statusPageUrl"),
        tags=tuple(sorted(it.texts("tags"))),
        discount_codes=tuple(sorted(it.texts("discountCodes"))),
        attributes=it.pairs("customAttributes", "key"),
        source=it.maybe_text("sourceName"),
        service=it.inner("shippingLine").maybe_text("title"),
        cancel_reason=(it.maybe_text("cancelReason") or "").lower() or None,
        created_at=it.moment("createdAt"),
        placed_at=it.moment("processedAt"),
        updated_at=it.moment("updatedAt"),
        cancelled_at=it.maybe_moment("cancelledAt"),
        closed_at=it.maybe_moment("closedAt"),
        destination=None if address is None else _destination(address),
        customer=None if buyer is None else node_people.customer_of(buyer, _below("customer", denied)),
        lines=tuple(_line(line) for line in it.child("lineItems").children("nodes")),
        fulfillments=tuple(_fulfillment(parcel, shopify_id) for parcel in parcels),
        refunds=tuple(_refund(refund, shopify_id) for refund in it.children("refunds")),
        returns=tuple(_return(case, shopify_id) for case in it.connection("returns")),
        withheld=frozenset(WITHHELD[name] for name in denied & WITHHELD.keys()),
        truncated=_truncated(it, lines="lineItems", returns="returns")
        | ({"fulfillments"} if parcel_count and parcel_count.count("count") > len(parcels) else set()),
    )


def details(node: Any) -> DetailsFacts:
    """Return the parcels, refunds and returns of the order in a node that holds them."""
    it = Fields(node)
    shopify_id = it.identifier("id")
    parcels = tuple(_fulfillment(parcel, shopify_id) for parcel in it.children("fulfillments"))
    refunds = tuple(_refund(refund, shopify_id) for refund in it.children("refunds"))
    returns = tuple(_return(case, shopify_id) for case in it.connection("returns"))
    count = it.maybe_child("fulfillmentsCount")
    cut = frozenset().union(
        *(one.truncated for one in parcels), *(one.truncated for one in refunds), *(one.truncated for one in returns)
    )
    is_whole = not cut | _truncated(it, returns="returns")
    is_cut = not is_whole or (count is not None and count.count("count") > len(parcels))
    return DetailsFacts(shopify_id, parcels, refunds, returns, is_cut=is_cut)


def lines(node: Any) -> tuple[LineFacts, ...]:
    """Return the page of order lines in a node that holds `lineItems`."""
    return tuple(_line(line) for line in Fields(node).child("lineItems").children("nodes"))


def fulfillment(node: Any) -> FulfillmentFacts:
    """Return the parcel in a node that holds FulfillmentFields and its order's id."""
    it = Fields(node)
    return _fulfillment(it, it.child("order").identifier("id"))


def return_case(node: Any) -> ReturnFacts:
    """Return the return in a node that holds ReturnFields and its order's id."""
    it = Fields(node)
    return _return(it, it.child("order").identifier("id"))


def _line(it: Fields) -> LineFacts:
    return LineFacts(
        shopify_id=it.identifier("id"),
        product_shopify_id=it.inner("product").maybe_identifier("id"),
        variant_shopify_id=it.inner("variant").maybe_identifier("id"),
        title=it.text("title"),
        variant_title=it.maybe_text("variantTitle"),
        sku=it.maybe_text("sku"),
        quantity=it.count("quantity"),
        current_quantity=it.count("currentQuantity"),
        requires_shipping=it.flag("requiresShipping"),
        is_gift_card=it.flag("isGiftCard"),
        unit_price=_money(it, "originalUnitPriceSet"),
    )


def _fulfillment(it: Fields, order_shopify_id: int) -> FulfillmentFacts:
    shopify_id = it.identifier("id")
    shown = it.maybe_text("displayStatus")
    tracking = it.children("trackingInfo")
    scans = it.child("events").usable("nodes", lambda scan: _event(scan, shopify_id, order_shopify_id))
    return FulfillmentFacts(
        shopify_id=shopify_id,
        order_shopify_id=order_shopify_id,
        name=it.maybe_text("name"),
        status=it.choice("status", FulfillmentStatus, FulfillmentStatus.UNKNOWN),
        shipment_status=None
        if shown is None or shown in NOT_A_PLACE
        else it.choice("displayStatus", ShipmentStatus, ShipmentStatus.UNKNOWN),
        tracking_company=next((info.maybe_text("company") for info in tracking), None),
        tracking_numbers=tuple(number for info in tracking if (number := info.maybe_text("number"))),
        tracking_urls=tuple(url for info in tracking if (url := info.maybe_text("url"))),
        created_at=it.moment("createdAt"),
        updated_at=it.moment("updatedAt"),
        lines=tuple(
            sorted(
                (part.child("lineItem").identifier("id"), part.maybe_count("quantity") or 0)
                for part in it.child("fulfillmentLineItems").children("nodes")
            )
        ),
        delivered_at=it.loose_moment("deliveredAt"),
        in_transit_at=it.loose_moment("inTransitAt"),
        estimated_delivery_at=it.loose_moment("estimatedDeliveryAt"),
        events=tuple(sorted(scans, key=lambda scan: (scan.happened_at, scan.shopify_id))),
        truncated=_truncated(it, lines="fulfillmentLineItems", events="events"),
    )


def _event(it: Fields, fulfillment_shopify_id: int, order_shopify_id: int) -> FulfillmentEventFacts:
    return FulfillmentEventFacts(
        shopify_id=it.identifier("id"),
        fulfillment_shopify_id=fulfillment_shopify_id,
        order_shopify_id=order_shopify_id,
        status=it.choice("status", ShipmentStatus, ShipmentStatus.UNKNOWN),
        message=it.maybe_text("message"),
        country=it.maybe_text("country"),
        created_at=it.moment("createdAt"),
        happened_at=it.moment("happenedAt"),
        estimated_delivery_at=it.loose_moment("estimatedDeliveryAt"),
    )


def _refund(it: Fields, order_shopify_id: int) -> RefundFacts:
    happened_at = it.moment("processedAt")
    return RefundFacts(
        shopify_id=it.identifier("id"),
        order_shopify_id=order_shopify_id,
        note=it.maybe_text("note"),
        total=_money(it, "totalRefundedSet"),
        created_at=it.maybe_moment("createdAt") or happened_at,
        happened_at=happened_at,
        lines=tuple(
            sorted(
                (part.child("lineItem").identifier("id"), part.count("quantity"), part.text("restockType").lower())
                for part in it.child("refundLineItems").children("nodes")
            )
        ),
        truncated=_truncated(it, lines="refundLineItems"),
    )


def _return(it: Fields, order_shopify_id: int) -> ReturnFacts:
    parts = [(part.maybe_child("fulfillmentLineItem"), part) for part in it.child("returnLineItems").children("nodes")]
    return ReturnFacts(
        shopify_id=it.identifier("id"),
        order_shopify_id=order_shopify_id,
        status=it.choice("status", ReturnStatus, ReturnStatus.UNKNOWN),
        name=it.maybe_text("name"),
        created_at=it.moment("createdAt"),
        closed_at=it.maybe_moment("closedAt"),
        # An unverified return line names no order line: what comes back is known only once it is accepted.
        lines=tuple(
            sorted((sent.child("lineItem").identifier("id"), part.count("quantity")) for sent, part in parts if sent)
        ),
        truncated=_truncated(it, lines="returnLineItems"),
    )


def _destination(it: Fields) -> DestinationFacts:
    return DestinationFacts(
        first_name=it.maybe_text("firstName"),
        last_name=it.maybe_text("lastName"),
        country=it.maybe_text("countryCodeV2"),
        province=it.maybe_text("provinceCode"),
        zip=it.maybe_text("zip"),
    )


def _money(it: Fields, name: str) -> Money:
    shop_money = it.child(name).child("shopMoney")
    return Money(shop_money.amount("amount"), shop_money.text("currencyCode"))


def _truncated(it: Fields, **collections: str) -> frozenset[str]:
    """Return the names of those connections that have a further page."""
    return frozenset(
        ours
        for ours, theirs in collections.items()
        if it.has(theirs) and it.child(theirs).child("pageInfo").flag("hasNextPage")
    )


def _below(name: str, denied: frozenset[str]) -> frozenset[str]:
    """Return the denied names under a field, from that field down."""
    return frozenset(path.removeprefix(f"{name}.") for path in denied if path.startswith(f"{name}."))
