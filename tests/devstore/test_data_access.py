"""Customer data Shopify has not approved the app for: null in the bodies, and at level 0 no body at all."""

import pytest

from tests.devstore.conftest import announced, buy, ship, topics

DOOR = "/api/shops/kiln-and-kettle/data-access"
ANA = {
    "email": "ana@example.com",
    "first_name": "Ana",
    "last_name": "Lima",
    "phone": "+44 20 7946 0000",
    "address": {
        "address1": "2 Mill Road",
        "city": "York",
        "zip": "YO1 1AA",
        "country": "United Kingdom",
        "country_code": "GB",
    },
}


def last(topic):
    """The body of the newest webhook of a topic."""
    return announced(topic)[-1][1]


def test_everything_is_approved_until_a_script_says_otherwise(store):
    assert store.get(DOOR).json == {"level": 2}
    buy(store, ("harbour-kettle", 1), customer=ANA)
    assert last("orders/create")["customer"]["email"] == "ana@example.com"


def test_without_approval_nobody_can_be_told_from_a_body(store):
    assert store.post(DOOR, json={"level": 1}).json == {"level": 1}
    order = buy(store, ("harbour-kettle", 1), customer=ANA)
    ship(store, order)
    assert store.patch("/api/customers/ana@example.com", json={"phone": "+44 20 7946 0001"}).status_code == 200
    for topic in ("orders/create", "orders/paid", "fulfillments/create", "customers/update"):
        body = last(topic)
        assert not any(each in str(body) for each in ("ana@", "Ana", "Lima", "Mill Road", "7946", "YO1")), topic
    told = last("orders/create")
    assert told["name"] == order["name"]
    assert told["customer"]["id"] == order["customer"]["id"]
    assert told["shipping_address"]["country_code"] == "GB"
    assert [line["name"] for line in told["line_items"]] == [line["name"] for line in order["line_items"]]
    assert told.keys() == order.keys(), "what is withheld is null, not left out"


def test_an_app_approved_for_nothing_hears_of_no_customer(store):
    store.post(DOOR, json={"level": 0})
    order = buy(store, ("harbour-kettle", 1), customer=ANA)
    ship(store, order)
    assert not [topic for topic in topics() if topic.startswith(("orders/", "fulfillments/", "customers/"))]
    store.post(DOOR, json={"level": 2})
    ship(store, buy(store, ("harbour-kettle", 1), customer=ANA))
    assert last("orders/create")["email"] == "ana@example.com"


def test_the_compliance_topics_name_the_person_to_everybody(store):
    buy(store, ("harbour-kettle", 1), customer=ANA)
    store.post(DOOR, json={"level": 0})
    store.post("/api/customers/ana@example.com/redact")
    assert last("customers/redact")["customer"]["email"] == "ana@example.com"


@pytest.mark.parametrize("given", [{}, {"level": 3}, {"level": "all"}, {"level": True}, {"height": 1}])
def test_a_level_there_is_not_is_told_so(store, given):
    assert store.post(DOOR, json=given).status_code == 422
    assert store.get(DOOR).json == {"level": 2}
