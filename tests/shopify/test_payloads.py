"""Webhook bodies and Admin nodes become the same facts."""

from datetime import UTC, datetime
from decimal import Decimal

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
from tests.shopify.samples import sample


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
