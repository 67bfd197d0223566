"""What cannot be used of a payload is left out, or is a PayloadError that names the field; nothing else."""

from decimal import Decimal

import pytest

from app.shopify.payloads import node_orders, webhook_orders, webhook_people
from app.shopify.payloads.fault import PayloadError
from app.shopify.payloads.vocabulary import ShipmentStatus
from tests.shopify.samples import sample

PRICE = "line_items[0].price_set.shop_money.amount"


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
