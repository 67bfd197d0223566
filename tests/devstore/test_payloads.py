"""Every body the dev store sends, held against Shopify's published schemas and our own checks."""

import re

import pytest

from tests.devstore.conftest import announced, buy, ship, topics
from tests.oracles import webhook_schemas as oracle
from tests.oracles.app_toml import app_toml
from tests.oracles.app_toml import topics as wanted

pytestmark = pytest.mark.oracle

# The published schemas are made from one sample each, so they know no null where the sample had a value. Shopify
# sends null there for a country without provinces, a person without a phone or name, a parcel without tracking.
MAY_BE_NULL = (
    *("first_name", "last_name", "phone", "company", "address2", "province", "province_code", "address", "note"),
    *("default_address", "customer", "billing_address", "shipping_address", "destination", "origin_address"),
    *("tracking_company", "tracking_number", "tracking_url", "fulfillment_status", "variant_title"),
)
NULLS = re.compile(rf"\$[\w.\[\]]*\.({'|'.join(MAY_BE_NULL)}): None is not of type '(string|object)'")
# And an empty list there reads "always empty".
LISTS = re.compile(r"\$\.(refunds|returns|return_line_items): Expected at most 0 items")
RETURN_NAME = re.compile(r"\$\.name: '#\d+-R\d+' is not of type 'null'")

ADDRESS = {
    "address1": "Lindenstraße 5",
    "city": "Berlin",
    "zip": "10115",
    "country": "Germany",
    "country_code": "DE",
    "province": None,
    "province_code": None,
}
LENA = {"email": "lena@example.com", "first_name": "Lena", "last_name": "Roth", "locale": "de", "address": ADDRESS}


def faults(topic, body):
    found = oracle.faults(topic, body)
    inner = [fault for refund in body.get("refunds", []) for fault in oracle.faults("refunds/create", refund)]
    return [one for one in [*found, *inner] if not any(known.match(one) for known in (NULLS, LISTS, RETURN_NAME))]


def done(answer):
    assert answer.status_code < 300, answer.json
    return answer.json


def live_through_everything(store):
    """Do each of the world's verbs at least once."""
    goods = [("stoneware-mugs", 2), ("paper-filters", 3), ("brewing-course", 1)]
    order = buy(store, *goods, customer=LENA, gift=True, discount_code="HALLO", discount_amount="5.00")
    path, lines = f"/api/orders/{order['id']}", [line["id"] for line in order["line_items"]]
    changes = {"add": [{"variant": "linen-cloth"}], "remove": [{"line": lines[1], "quantity": 1}]}
    done(store.post(f"{path}/edit", json=changes))
    first = ship(store, order, lines=[{"line": lines[0], "quantity": 1}])
    rest = ship(store, order, tracked=False)
    done(store.post(f"/api/fulfillments/{rest['id']}/tracking", json={"tracking_number": "EX1"}))
    estimate = {"status": "in_transit", "estimated_delivery_at": "2027-01-01T10:00:00Z"}
    done(store.post(f"/api/fulfillments/{first['id']}/events", json=estimate))
    event = done(store.post(f"/api/fulfillments/{first['id']}/events", json={"status": "delivered"}))
    done(store.delete(f"/api/events/{event['id']}"))
    done(store.post(f"/api/fulfillments/{rest['id']}/cancel"))
    done(store.post(f"{path}/refunds", json={"lines": [{"line": lines[0], "quantity": 1}], "note": "chipped"}))
    done(store.post(f"{path}/refunds", json={"amount": "2.00"}))
    for decisions in (("approve", "close", "reopen", "cancel"), ("decline",)):
        case = done(store.post(f"{path}/returns", json={"lines": [{"line": lines[0], "quantity": 1}]}))
        for decision in decisions:
            done(store.post(f"/api/returns/{case['id']}/{decision}"))
    case = done(store.post(f"{path}/returns", json={"lines": [{"line": lines[0], "quantity": 1}]}))
    done(store.post(f"/api/returns/{case['id']}/approve"))
    done(store.post(f"/api/returns/{case['id']}/process", json={"exchange": [{"variant": "linen-cloth"}]}))
    done(store.post(f"/api/returns/{case['id']}/take-out", json={"lines": [{"line": lines[0], "quantity": 1}]}))
    unpaid = buy(store, paid=False)
    done(store.post(f"/api/orders/{unpaid['id']}/cancel", json={"reason": "fraud"}))
    done(store.post(f"/api/orders/{buy(store)['id']}/cancel"))
    done(store.delete(f"/api/orders/{unpaid['id']}"))
    done(store.post("/api/customers/lena@example.com/consent", json={"state": "subscribed"}))
    done(store.patch("/api/customers/lena@example.com", json={"first_name": "Helena"}))
    done(store.post("/api/customers", json=LENA | {"email": "lena.roth@example.com"}))
    done(store.post("/api/customers/lena.roth@example.com/merge", json={"into": "lena@example.com"}))
    done(store.post("/api/customers/lena@example.com/data-request"))
    done(store.post("/api/customers/lena@example.com/redact"))
    done(store.delete("/api/customers/lena@example.com"))
    tin = done(store.post("/api/products", json={"title": "Tin", "price": "3", "drawing": "bag-111111"}))
    done(store.patch(f"/api/products/{tin['id']}", json={"price": "4", "status": "draft"}))
    shelf = done(store.post("/api/collections", json={"title": "On the shelf", "products": ["stoneware-mugs"]}))
    done(store.patch(f"/api/collections/{shelf['id']}", json={"add": ["linen-cloth"], "title": "Shelf"}))
    done(store.delete(f"/api/collections/{shelf['id']}"))
    done(store.delete(f"/api/products/{tin['id']}"))
    done(store.patch("/api/shops/kiln-and-kettle", json={"name": "Kiln and Kettle"}))
    done(store.post("/api/shops/kiln-and-kettle/redact"))


def test_every_topic_of_the_world_is_sent_and_every_body_is_good(store):
    live_through_everything(store)
    of_the_platform = {"app/uninstalled", "app/scopes_update", "bulk_operations/finish"}
    assert set(wanted(app_toml())) - set(topics()) <= of_the_platform
    assert {(topic, fault) for topic, body in announced() for fault in faults(topic, body)} == set()


def test_every_seeded_order_has_a_good_body(store):
    orders = store.get("/api/orders?limit=500").json["orders"]
    assert len(orders) == 412
    assert {fault for order in orders for fault in faults("orders/updated", order)} == set()
    parcels = [parcel for order in orders for parcel in order["fulfillments"]]
    assert {fault for parcel in parcels for fault in faults("fulfillments/update", parcel)} == set()


def test_every_product_has_a_good_body(store):
    products = store.get("/api/products").json["products"]
    assert {fault for product in products for fault in faults("products/update", product)} == set()


@pytest.mark.parametrize(("key", "value"), [("total_price", 3), ("line_items", None), ("financial_status", "lost")])
def test_a_planted_fault_is_seen(store, key, value):
    assert faults("orders/paid", buy(store) | {key: value})
