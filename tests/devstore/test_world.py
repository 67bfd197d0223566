"""What shoppers, merchants and carriers do, and what the app is told."""

import pytest

from tests.devstore.conftest import announced, buy, forget_announced, ship, topics


def refused(answer, field):
    assert answer.status_code == 422, answer.json
    assert answer.json["error"]["field"] == field
    assert answer.json["error"]["message"]


def test_a_paid_order_is_told_as_created_and_paid(store):
    order = buy(store, ("stoneware-mugs", 2), ("paper-filters", 1))
    assert topics() == ["customers/create", "orders/create", "orders/paid", "orders/updated"]
    created, paid = announced("orders/create")[0][1], announced("orders/paid")[0][1]
    assert (created["financial_status"], paid["financial_status"]) == ("pending", "paid")
    assert paid["total_price"] == "70.50"
    assert order["name"] == "#1413"


def test_a_customer_who_comes_back_is_the_same_customer(store):
    first, second = buy(store), buy(store, email="ZOE@example.com")
    assert first["customer"]["id"] == second["customer"]["id"]
    assert topics().count("customers/create") == 1


def test_a_gift_and_a_discount_show(store):
    order = buy(store, gift=True, discount_code="TEN", discount_amount="10")
    assert {"name": "Gift", "value": "yes"} in order["note_attributes"]
    assert (order["total_price"], order["total_discounts"]) == ("54.00", "10.00")


def test_nothing_is_told_to_a_shop_without_the_app(store):
    store.post(
        "/api/orders", json={"shop": "fernside-tea", "email": "a@example.com", "lines": [{"variant": "tea-cloth"}]}
    )
    assert topics() == []


def test_an_edit_changes_what_is_left(store):
    order = buy(store, ("stoneware-mugs", 2))
    line = order["line_items"][0]["id"]
    forget_announced()
    change = {"add": [{"variant": "linen-cloth"}], "remove": [{"line": line, "quantity": 1}]}
    edited = store.post(f"/api/orders/{order['id']}/edit", json=change).json
    assert [one["current_quantity"] for one in edited["line_items"]] == [1, 1]
    assert (edited["total_price"], edited["current_total_price"]) == ("73.00", "41.00")
    assert topics() == ["orders/edited", "orders/updated"]
    told = announced("orders/edited")[0][1]["order_edit"]
    assert told["line_items"]["removals"] == [{"id": line, "delta": 1}]


def test_shipping_in_part_and_then_the_rest(store):
    order = buy(store, ("stoneware-mugs", 2), ("paper-filters", 1))
    line = order["line_items"][0]["id"]
    first = ship(store, order, lines=[{"line": line, "quantity": 1}])
    half = store.get(f"/api/orders/{order['id']}").json
    second = ship(store, order, tracked=False)
    whole = store.get(f"/api/orders/{order['id']}").json
    assert (first["name"], second["name"]) == ("#1413.1", "#1413.2")
    assert (half["fulfillment_status"], whole["fulfillment_status"]) == ("partial", "fulfilled")
    assert whole["closed_at"]
    assert (first["tracking_number"] is None, second["tracking_number"]) == (False, None)
    assert [one["quantity"] for one in second["line_items"]] == [1, 1]
    refused(store.post(f"/api/orders/{order['id']}/fulfillments"), "lines")


def test_the_carriers_last_word_is_the_parcels_status_and_can_be_taken_back(store):
    parcel = ship(store, buy(store))
    forget_announced()
    path = f"/api/fulfillments/{parcel['id']}/events"
    store.post(path, json={"status": "in_transit"})
    event = store.post(path, json={"status": "delivered"}).json
    assert announced("fulfillments/update")[-1][1]["shipment_status"] == "delivered"
    store.delete(f"/api/events/{event['id']}")
    assert announced("fulfillments/update")[-1][1]["shipment_status"] == "in_transit"
    assert topics()[-3:] == ["fulfillment_events/delete", "fulfillments/update", "orders/updated"]


def test_a_scan_that_arrives_late_does_not_undo_a_later_one(store):
    parcel = ship(store, buy(store))
    path = f"/api/fulfillments/{parcel['id']}/events"
    store.post(path, json={"status": "delivered"})
    store.post(path, json={"status": "in_transit", "happened_at": "2020-01-01T00:00:00Z"})
    assert announced("fulfillments/update")[-1][1]["shipment_status"] == "delivered"
    refused(store.post(path, json={"status": "delivered", "happened_at": "2099-01-01T00:00:00Z"}), "happened_at")
    refused(store.post(path, json={"status": "arrived"}), "status")


def test_at_the_counter_no_carrier_says_anything_and_the_body_lacks_one_of_the_words(store):
    parcel = ship(store, buy(store), tracked=False)
    forget_announced()
    path = f"/api/fulfillments/{parcel['id']}/pickup"
    for status in ("ready_for_pickup", "picked_up", "none"):
        assert store.post(path, json={"status": status}).status_code == 200
    told = [body["shipment_status"] for _, body in announced("fulfillments/update")]
    assert told == ["ready_for_pickup", None, None]
    assert set(topics()) == {"fulfillments/update", "orders/updated"}
    refused(store.post(path, json={"status": "delivered"}), "status")
    carried = ship(store, buy(store))
    refused(store.post(f"/api/fulfillments/{carried['id']}/pickup", json={"status": "picked_up"}), "fulfillment")


def test_a_cancelled_parcel_is_to_be_shipped_again(store):
    order = buy(store)
    parcel = ship(store, order)
    store.post(f"/api/fulfillments/{parcel['id']}/cancel")
    assert store.get(f"/api/orders/{order['id']}").json["fulfillment_status"] is None
    assert ship(store, order)["name"] == "#1413.2"


def test_refunds_add_up_to_the_price_and_no_further(store):
    order = buy(store, ("stoneware-mugs", 2), shipping_price="5")
    path = f"/api/orders/{order['id']}/refunds"
    line = order["line_items"][0]["id"]
    part = store.post(path, json={"lines": [{"line": line, "quantity": 1}]}).json
    assert (part["financial_status"], part["current_total_price"]) == ("partially_refunded", "37.00")
    whole = store.post(path).json
    assert (whole["financial_status"], whole["current_total_price"]) == ("refunded", "0.00")
    assert [one["current_quantity"] for one in whole["line_items"]] == [0]
    given_back = sum(
        float(row["subtotal"]) for refund in whole["refunds"] for row in refund["refund_line_items"]
    ) - sum(float(row["amount"]) for refund in whole["refunds"] for row in refund["order_adjustments"])
    assert given_back == 69.0
    refused(store.post(path), "lines")


def test_a_cancelled_order_is_refunded_and_done_with(store):
    order = buy(store)
    cancelled = store.post(f"/api/orders/{order['id']}/cancel", json={"reason": "inventory"}).json
    assert (cancelled["financial_status"], cancelled["cancel_reason"]) == ("refunded", "inventory")
    assert cancelled["line_items"][0]["current_quantity"] == 0
    assert topics()[-4:] == ["refunds/create", "orders/updated", "orders/cancelled", "orders/updated"]
    refused(store.post(f"/api/orders/{order['id']}/cancel"), "order")
    refused(store.post(f"/api/orders/{order['id']}/fulfillments"), "order")


def test_a_shipped_order_cannot_be_cancelled(store):
    order = buy(store)
    ship(store, order)
    refused(store.post(f"/api/orders/{order['id']}/cancel"), "order")


@pytest.mark.parametrize(
    ("decisions", "end"),
    [
        (["decline"], "declined"),
        (["cancel"], "canceled"),
        (["approve", "close"], "closed"),
        (["approve", "close", "reopen"], "open"),
    ],
)
def test_a_return_moves_from_state_to_state(store, decisions, end):
    order = buy(store)
    ship(store, order)
    ask = {"lines": [{"line": order["line_items"][0]["id"]}]}
    case = store.post(f"/api/orders/{order['id']}/returns", json=ask).json
    assert case["status"] == "requested"
    for decision in decisions:
        case = store.post(f"/api/returns/{case['id']}/{decision}").json
    assert case["status"] == end
    assert [one for one in topics() if one.startswith("returns/")] == [
        f"returns/{one}" for one in ("request", *decisions)
    ]
    refused(store.post(f"/api/returns/{case['id']}/approve"), "return")


def test_what_was_never_shipped_cannot_come_back(store):
    order = buy(store)
    ask = {"lines": [{"line": order["line_items"][0]["id"]}]}
    refused(store.post(f"/api/orders/{order['id']}/returns", json=ask), "lines")


def test_consent_has_its_own_topic_where_it_is_wanted_and_shows_in_customers_update(store):
    answer = store.post("/api/customers/bernd@example.com/consent", json={"state": "subscribed"}).json
    assert answer["consent"]["state"] == "subscribed"
    assert "customers/update" in topics()
    refused(store.post("/api/customers/bernd@example.com/consent", json={"state": "maybe"}), "consent")


def test_a_deleted_order_is_told_by_its_id_alone(store):
    order = buy(store)
    store.delete(f"/api/orders/{order['id']}")
    assert announced("orders/delete")[0][1] == {"id": order["id"]}
    refused(store.get(f"/api/orders/{order['id']}"), "order")


def test_a_deleted_product_leaves_the_orders_line(store):
    product = next(one for one in store.get("/api/products").json["products"] if one["handle"] == "linen-cloth")
    order = buy(store, ("linen-cloth", 1))
    store.delete(f"/api/products/{product['id']}")
    line = store.get(f"/api/orders/{order['id']}").json["line_items"][0]
    assert (line["product_id"], line["product_exists"]) == (product["id"], False)
    refused(store.post("/api/orders", json={"email": "a@example.com", "lines": [{"variant": "linen-cloth"}]}), "lines")


def test_a_digital_order_has_nowhere_to_go(store):
    order = buy(store, ("brewing-course", 1), shipping_price="5")
    assert order["shipping_address"] is None
    assert order["total_price"] == "39.00"


def test_another_shops_order_is_no_order(store):
    order = buy(store)
    refused(store.get(f"/api/orders/{order['id']}?shop=fernside-tea"), "order")
    refused(store.get("/api/orders?shop=nowhere"), "shop")


def test_what_is_told_last_is_what_whoever_asks_is_shown(store):
    order = buy(store, ("stoneware-mugs", 2), ("paper-filters", 1))
    at, line = f"/api/orders/{order['id']}", order["line_items"][0]["id"]

    def act(path, **words):
        answer = store.post(path, json=words)
        assert answer.status_code in {200, 201}, answer.json
        assert announced("orders/updated")[-1][1] == store.get(at).json
        return answer.json

    act(f"{at}/edit", add=[{"variant": "linen-cloth"}], remove=[{"line": line, "quantity": 1}])
    act(f"{at}/fulfillments", lines=[{"line": line, "quantity": 1}])
    parcel = act(f"{at}/fulfillments")
    act(f"/api/fulfillments/{parcel['id']}/events", status="delivered")
    asked = act(f"{at}/returns", lines=[{"line": line}])
    act(f"/api/returns/{asked['id']}/approve")
    act(f"{at}/refunds", lines=[{"line": line, "quantity": 1}])
    told = len(topics())
    refused(store.post(f"{at}/refunds", json={"lines": [{"line": line, "quantity": 1}]}), "lines")
    assert len(topics()) == told
