"""Webhook bodies and Admin nodes become the same facts, or a PayloadError that names the field; nothing else."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from app.shopify.payloads import node_orders, node_people, webhook_goods, webhook_orders, webhook_people
from app.shopify.payloads.facts import Money
from app.shopify.payloads.fault import PayloadError
from app.shopify.payloads.vocabulary import (
    FinancialStatus,
    FulfillmentStatus,
    MarketingState,
    OrderFulfillment,
    ReturnStatus,
    ShipmentStatus,
)

PRICE = "line_items[0].price_set.shop_money.amount"
SAMPLES = Path(__file__).parents[1] / "payloads"


def sample(name):
    return json.loads((SAMPLES / f"{name}.json").read_text(), parse_float=Decimal)


def test_an_order_webhook_and_its_node_tell_the_same():
    told = webhook_orders.order(sample("webhook_order"))
    fetched = node_orders.order(sample("node_order"))
    assert told == fetched
    assert told.lines == fetched.lines
    assert told.fulfillments == fetched.fulfillments
    assert told.refunds == fetched.refunds
    assert told.customer == fetched.customer


def test_what_an_order_says():
    order = webhook_orders.order(sample("webhook_order"))
    assert order.shopify_id == 5501
    assert order.name == "#1402"
    assert order.total == Money(Decimal("42.00"), "EUR")
    assert order.financial_status is FinancialStatus.PARTIALLY_REFUNDED
    assert order.fulfillment_status is OrderFulfillment.PARTIALLY_FULFILLED
    assert order.placed_at == datetime(2026, 11, 2, 8, 15, tzinfo=UTC)
    assert order.tags == ("gift", "vip")
    assert order.discount_codes == ("WELCOME",)
    assert order.locale == "de-DE"
    assert (order.destination.country, order.destination.province, order.destination.zip) == ("DE", "BE", "10115")
    assert order.customer.email == "frieda@example.com"
    assert [(line.title, line.quantity, line.current_quantity) for line in order.lines] == [
        ("Stoneware mug", 2, 1),
        ("Speckled bowl", 1, 1),
    ]
    assert order.refunds[0].lines == ((9001, 1, "return"),)
    assert order.refunds[0].total == Money(Decimal("24.00"), "EUR")
    assert order.untold == {"returns"}
    assert not order.withheld
    assert not order.truncated


def test_only_the_admin_api_tells_deliveries_scans_consent_and_returns():
    order = node_orders.order(sample("node_order"))
    parcel = order.fulfillments[0]
    assert parcel.status is FulfillmentStatus.SUCCESS
    assert parcel.shipment_status is ShipmentStatus.DELIVERED
    assert parcel.delivered_at == datetime(2026, 11, 5, 10, 2, tzinfo=UTC)
    assert [scan.status for scan in parcel.events] == [ShipmentStatus.IN_TRANSIT, ShipmentStatus.DELIVERED]
    assert order.returns[0].status is ReturnStatus.OPEN
    assert order.returns[0].lines == ((9001, 1),)
    assert order.customer.consent.state is MarketingState.SUBSCRIBED


def test_a_parcel_and_a_scan_by_webhook_and_by_node_tell_the_same():
    fetched = node_orders.order(sample("node_order")).fulfillments[0]
    assert webhook_orders.fulfillment(sample("webhook_order")["fulfillments"][0]) == fetched
    assert webhook_orders.fulfillment_event(sample("webhook_fulfillment_event")) == fetched.events[1]


def test_a_customer_by_webhook_and_by_node_tells_the_same():
    told = webhook_people.customer(sample("webhook_order")["customer"])
    assert told == node_people.customer(sample("node_order")["customer"])


def test_a_product_by_webhook_and_by_node_tells_the_same():
    told, fetched = webhook_goods.product(sample("webhook_product")), node_people.product(sample("node_product"))
    assert told == fetched
    assert told.image_url == "https://cdn.example.com/mug.jpg"
    assert told.variants[0].price == Decimal("24.00")
    assert fetched.variants[0].is_available
    assert told.variants[0].is_available is None
    assert fetched.collections == ((8801, "for-the-table"),)
    assert "collections" in told.untold


def test_a_shop_by_webhook_and_by_node_tells_the_same():
    told, fetched = webhook_people.shop(sample("webhook_shop")), node_people.shop(sample("node_shop"))
    assert told == fetched
    assert told.address == "Torstraße 1, 10119 Berlin, Germany"
    assert (told.locale, told.primary_url) == ("de", None)
    assert fetched.primary_url == "https://kiln.example.com"


@pytest.mark.parametrize("words", ["x" * 3000, "nobody", "two@signs@example.com", "a b@example.com"])
def test_what_no_mail_could_be_addressed_to_is_no_address(words):
    ordered = webhook_orders.order(sample("webhook_order") | {"email": words})
    assert ordered.email is None
    assert "email" in ordered.untold
    assert node_orders.order(sample("node_order") | {"email": words}).email is None
    buyer = sample("webhook_order")["customer"] | {"email": words}
    assert webhook_people.customer(buyer).email is None
    assert "email" in webhook_people.customer(buyer).untold
    assert "email" not in webhook_people.customer(buyer | {"email": None}).untold, "taken away at the shop"
    shop = sample("webhook_shop")
    assert webhook_people.shop(shop | {"customer_email": words}).contact_email == shop["email"]
    with pytest.raises(PayloadError, match=r"^email"):
        webhook_people.shop(shop | {"customer_email": words, "email": words})


def test_withheld_is_told_apart_from_absent():
    node = sample("node_order")
    node["email"] = None
    node["customer"]["firstName"] = None
    absent = node_orders.order(node)
    assert absent.email is None
    assert not absent.withheld
    denied = node_orders.order(node, frozenset({"email", "customer.firstName"}))
    assert denied.withheld == {"email"}
    assert denied.customer.withheld == {"first_name"}


def test_more_than_a_page_holds_is_said():
    node = sample("node_order")
    node["lineItems"]["pageInfo"]["hasNextPage"] = True
    node["fulfillmentsCount"]["count"] = 9
    node["fulfillments"][0]["events"]["pageInfo"]["hasNextPage"] = True
    order = node_orders.order(node)
    assert order.truncated == {"lines", "fulfillments"}
    assert order.fulfillments[0].truncated == {"events"}


@pytest.mark.parametrize(
    ("shown", "told"),
    [
        ("IN_PROGRESS", OrderFulfillment.UNFULFILLED),
        ("SCHEDULED", OrderFulfillment.UNFULFILLED),
        ("PARTIALLY_FULFILLED", OrderFulfillment.PARTIALLY_FULFILLED),
        ("FULFILLED", OrderFulfillment.FULFILLED),
        ("FULFILLMENT_NOT_REQUIRED", OrderFulfillment.NOT_REQUIRED),
        ("SOMETHING_NEW", OrderFulfillment.UNFULFILLED),
    ],
)
def test_fulfilment_words_of_the_admin_api(shown, told):
    assert node_orders.order(sample("node_order") | {"displayFulfillmentStatus": shown}).fulfillment_status is told


@pytest.mark.parametrize(
    ("shown", "told"),
    [
        (None, None),
        ("FULFILLED", None),
        ("MARKED_AS_FULFILLED", None),
        ("CANCELED", None),
        ("OUT_FOR_DELIVERY", ShipmentStatus.OUT_FOR_DELIVERY),
        ("PICKED_UP", ShipmentStatus.PICKED_UP),
        ("NOT_DELIVERED", ShipmentStatus.NOT_DELIVERED),
        ("BEAMED_UP", ShipmentStatus.UNKNOWN),
    ],
)
def test_parcel_words_of_the_admin_api(shown, told):
    node = sample("node_order")
    node["fulfillments"][0]["displayStatus"] = shown
    assert node_orders.order(node).fulfillments[0].shipment_status is told


@pytest.mark.parametrize(
    ("place", "value", "field", "problem"),
    [
        (["id"], None, "id", "is missing"),
        (["id"], 0, "id", "is not an id"),
        (["id"], -5, "id", "is not an id"),
        (["id"], True, "id", "is not an id"),
        (["id"], "5501", "id", "is not an id"),
        (["id"], 2**63, "id", "is not an id"),
        (["id"], "gid://shopify/Order/5501 ", "id", "is not an id"),
        (["name"], "  ", "name", "is missing"),
        (["name"], ["#1"], "name", "is not text"),
        (["note"], "a\x00b", "note", "holds a NUL character"),
        (["note"], "a\ud800b", "note", "holds half a surrogate pair"),
        (["note"], "x" * 100_001, "note", "is too long"),
        (["created_at"], "2026-11-02T08:15:00", "created_at", "is not an instant with an offset"),
        (["created_at"], "2026-02-30T08:15:00Z", "created_at", "is not an instant with an offset"),
        (["created_at"], "0001-01-01T00:00:00+23:59", "created_at", "is not an instant with an offset"),
        (["created_at"], "1999-12-31T23:59:59Z", "created_at", "is outside the years 2000 to 2200"),
        (["created_at"], 1793607300, "created_at", "is not an instant with an offset"),
        (["test"], "false", "test", "is neither true nor false"),
        (["line_items"], {"0": {}}, "line_items", "is not a list"),
        (["line_items", 0], "mug", "line_items[0]", "is not an object"),
        (["line_items", 1, "quantity"], -1, "line_items[1].quantity", "is negative"),
        (["line_items", 1, "quantity"], Decimal("1.5"), "line_items[1].quantity", "is not a whole number"),
        (["line_items", 0, "price_set", "shop_money", "amount"], "12,5", PRICE, "is not an amount"),
        (["line_items", 0, "price_set", "shop_money", "amount"], Decimal("1e999999999"), PRICE, "is not an amount"),
        (["fulfillments", 0, "tracking_numbers"], [1], "fulfillments[0].tracking_numbers", "is not a list of texts"),
        (["customer"], "frieda", "customer", "is not an object"),
    ],
    ids=lambda value: str(value)[:30],
)  # fmt: skip
def test_a_field_that_cannot_be_used_is_named(place, value, field, problem):
    body = sample("webhook_order")
    holder = body
    for step in place[:-1]:
        holder = holder[step]
    holder[place[-1]] = value
    with pytest.raises(PayloadError) as caught:
        webhook_orders.order(body)
    assert (caught.value.field, caught.value.problem) == (field, problem)


@pytest.mark.parametrize("when", ["1970-01-01T00:00:00Z", "1999-12-31T23:59:59Z", "yesterday", None])
def test_a_scan_dated_oddly_is_left_out_and_the_parcel_stays(when):
    node = sample("node_order")
    node["fulfillments"][0]["events"]["nodes"][0]["happenedAt"] = when
    (parcel, *_) = node_orders.order(node).fulfillments
    assert [scan.status for scan in parcel.events] == [ShipmentStatus.IN_TRANSIT]


def test_a_carriers_odd_dates_of_a_parcel_are_as_if_it_had_said_none():
    node = sample("node_order")
    for name in ("deliveredAt", "inTransitAt", "estimatedDeliveryAt"):
        node["fulfillments"][0][name] = "1970-01-01T00:00:00Z"
    (parcel, *_) = node_orders.order(node).fulfillments
    assert (parcel.delivered_at, parcel.in_transit_at, parcel.estimated_delivery_at) == (None, None, None)
    body = sample("webhook_fulfillment_event") | {"estimated_delivery_at": "1970-01-01T00:00:00Z"}
    assert webhook_orders.fulfillment_event(body).estimated_delivery_at is None


def test_an_empty_tracking_number_is_none_at_all():
    node, body = sample("node_order"), sample("webhook_order")
    node["fulfillments"][0]["trackingInfo"] = [{"company": "DHL", "number": "", "url": " "}]
    body["fulfillments"][0] |= {"tracking_numbers": [""], "tracking_urls": [" "]}
    for told in (node_orders.order(node), webhook_orders.order(body)):
        assert (told.fulfillments[0].tracking_numbers, told.fulfillments[0].tracking_urls) == ((), ())


@pytest.mark.parametrize("value", ["x" * 100_001, "a\x00b", {"a": 1}], ids=["long", "NUL", "no text"])
def test_what_a_cart_holds_and_cannot_be_kept_is_left_out_and_the_order_stays(value):
    node, body = sample("node_order"), sample("webhook_order")
    node["customAttributes"] = [{"key": "_design", "value": value}, {"key": "Gift", "value": "yes"}]
    body["note_attributes"] = [{"name": "_design", "value": value}, {"name": "Gift", "value": "yes"}]
    for told in (node_orders.order(node), webhook_orders.order(body)):
        assert told.attributes == (("Gift", "yes"),)


def test_a_payload_error_never_repeats_the_payload():
    body = sample("webhook_order") | {"email": ["canary@example.com"]}
    with pytest.raises(PayloadError) as caught:
        webhook_orders.order(body)
    assert "canary" not in str(caught.value)


def test_fields_nobody_knows_are_ignored():
    body = sample("webhook_order")
    assert webhook_orders.order(body | {"brand_new": {"a": [1, None, "\x00"]}}) == webhook_orders.order(body)


def test_the_shop_a_body_claims():
    assert webhook_people.origin("app/uninstalled", sample("webhook_shop")).domain == "kiln-and-kettle.myshopify.com"
    assert webhook_people.origin("fulfillment_events/create", {"shop_id": 77}).shopify_id == 77
    assert webhook_people.origin("app/scopes_update", {"shop_id": "gid://shopify/Shop/77"}).shopify_id == 77
    redact = {"shop_id": 77, "shop_domain": "a.myshopify.com", "customer": {"id": 3}, "orders_to_redact": [1, 2]}
    assert webhook_people.origin("customers/redact", redact).domain == "a.myshopify.com"
    assert webhook_people.origin("orders/paid", sample("webhook_order")).domain is None
    assert webhook_people.privacy_request(redact).orders == (1, 2)


def test_a_return_says_what_comes_back_when_it_is_asked_for():
    part = {"quantity": 2, "fulfillment_line_item": {"id": 1, "line_item": {"id": 9001}}}
    unverified = {"quantity": 1, "fulfillment_line_item": None}
    body = {"id": 9, "order": {"id": 5501}, "name": "#1001-R1", "status": "open"}
    told = webhook_orders.return_case(body | {"return_line_items": [part, unverified, part]})
    assert told.lines == ((9001, 2), (9001, 2))
    assert told.name == "#1001-R1"
    assert told.untold == {"created_at", "closed_at"}
    assert webhook_orders.return_case(body | {"return_line_items": []}).untold == told.untold
    for broken in ({"quantity": -1}, {"quantity": None}, {"fulfillment_line_item": {"line_item": {}}}):
        with pytest.raises(PayloadError):
            webhook_orders.return_case(body | {"return_line_items": [part | broken]})


def test_the_short_messages():
    edit = {"order_edit": {"order_id": 5501, "committed_at": "2026-11-02T10:00:00+01:00", "line_items": {}}}
    assert webhook_orders.order_edit(edit).order_shopify_id == 5501
    assert webhook_people.deleted_id({"id": 5501}) == 5501
    closed = webhook_orders.return_case({"id": 9, "order_id": 5501, "status": "closed"})
    assert (closed.order_shopify_id, closed.status) == (5501, ReturnStatus.CLOSED)
    asked = webhook_orders.return_case({"id": 9, "order": {"id": 5501}, "status": "requested"})
    assert (asked.order_shopify_id, asked.status) == (5501, ReturnStatus.REQUESTED)
    assert {"name", "lines", "created_at"} <= closed.untold
    merge = {
        "admin_graphql_api_customer_kept_id": "gid://shopify/Customer/1",
        "admin_graphql_api_customer_deleted_id": "gid://shopify/Customer/2",
        "status": "failed",
    }
    assert not webhook_people.customer_merge(merge).completed
    assert webhook_people.customer_merge(merge | {"status": "completed"}).gone_shopify_id == 2
    scopes = webhook_people.scopes_change(
        {"shop_id": "gid://shopify/Shop/7", "current": ["read_orders"], "previous": []}
    )
    assert scopes.current == ("read_orders",)
