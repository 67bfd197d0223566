"""The truth fetched whole, and told as a webhook tells it."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from app.shopify.asking import fetch
from app.shopify.asking.admin_faults import AccessDenied
from app.shopify.payloads import webhook_goods, webhook_orders, webhook_people
from app.shopify.payloads.facts import Money
from app.shopify.payloads.goods import CollectionFacts
from devstore.platform.install import shop_by_handle
from devstore.platform.tables import Installation
from devstore.state.engine import unit_of_work
from devstore.state.models import LineItem, Order, WebhookDelivery
from devstore.world.carrier_event import add_event
from devstore.world.collections import create_collection
from devstore.world.customers import create_customer
from devstore.world.fulfil import Tracking, fulfil
from devstore.world.place_order import Basket, place_order
from devstore.world.products import create_product
from devstore.world.refund import refund
from devstore.world.returns import move_return, request_return
from tests.devstore_platform.conftest import SHOP

PERSON = {
    "email": "ana@example.com",
    "first_name": "Ana",
    "last_name": "Lima",
    "consent": "subscribed",
    "address": {
        "address1": "2 Mill Road",
        "city": "York",
        "zip": "YO1 1AA",
        "country": "United Kingdom",
        "country_code": "GB",
    },
}


@pytest.fixture
def shop(http):
    """A kettle and a customer; returns a function that buys so many kettles and returns the order's id."""
    with unit_of_work() as session:
        here = shop_by_handle(session, SHOP)
        facts = {"handle": "kettle", "title": "Kettle", "drawing": "kettle", "body_html": "<p>Boils.</p>"}
        product = create_product(session, here, facts, [{"price": Decimal(40), "sku": "K-1"}])
        customer = create_customer(session, here, PERSON)
        ids = {"product": product.id, "customer": customer.id}

    def buy(quantity=2):
        with unit_of_work() as session:
            here = shop_by_handle(session, SHOP)
            buyer = session.get(type(customer), ids["customer"])
            return place_order(session, here, buyer, Basket(lines=[("kettle", quantity)], shipping_price=Decimal(5))).id

    buy.ids = ids
    return buy


def ship_deliver_refund(order_id):
    with unit_of_work() as session:
        order = session.get(Order, order_id)
        line = session.query(LineItem).filter_by(order_id=order_id).one()
        parcel = fulfil(session, order, tracking=Tracking("Example Post", "EP1"))
        add_event(session, parcel, "in_transit")
        add_event(session, parcel, "delivered")
        case = request_return(session, order, lines=[(line.id, 1)])
        move_return(session, case, "approve")
        refund(session, order, lines=[(line.id, 1)], return_id=case.id)
        return parcel.id


def newest(topic):
    """Return the body of the newest webhook of a topic."""
    with unit_of_work(announce=False) as session:
        rows = session.query(WebhookDelivery).filter_by(topic=topic).order_by(WebhookDelivery.id.desc())
        return json.loads(rows.first().payload, parse_float=Decimal)


def test_an_order_by_webhook_and_fetched_is_the_same_from_the_till_to_the_refund(admin, shop):
    order_id = shop()
    assert webhook_orders.order(newest("orders/paid")) == fetch.order(admin, order_id)
    ship_deliver_refund(order_id)
    fetched = fetch.order(admin, order_id)
    told = webhook_orders.order(newest("orders/updated"))
    # The simulated store's webhooks list no payments of a refund, so the sum is untold there.
    (paid_back,) = fetched.refunds
    assert paid_back.total == Money(Decimal(40), "GBP")
    assert told == replace(fetched, refunds=(replace(paid_back, total=None),))
    (parcel,) = fetched.fulfillments
    assert webhook_orders.fulfillment(newest("fulfillments/update")) == parcel
    assert webhook_orders.fulfillment_event(newest("fulfillment_events/create")) == parcel.events[-1]
    assert webhook_orders.refund(newest("refunds/create")) == replace(paid_back, total=None)
    approved = webhook_orders.return_case(newest("returns/approve"))
    assert (approved.shopify_id, approved.status) == (fetched.returns[0].shopify_id, fetched.returns[0].status)
    assert approved.lines == fetched.returns[0].lines == ((told.lines[0].shopify_id, 1),)
    assert approved.name == fetched.returns[0].name
    assert parcel.delivered_at == parcel.events[-1].happened_at


def test_a_return_is_fetched_with_what_comes_back(admin, shop):
    order_id = shop()
    ship_deliver_refund(order_id)
    (listed,) = fetch.order(admin, order_id).returns
    alone = fetch.return_case(admin, listed.shopify_id)
    assert alone == listed
    assert (alone.lines, alone.created_at, alone.truncated) == (listed.lines, listed.created_at, frozenset())
    assert fetch.return_case(admin, 1) is None


def test_a_return_too_large_for_a_page_is_fetched_whole(admin, shop):
    order_id = shop(12)
    with unit_of_work() as session:
        order = session.get(Order, order_id)
        line = session.query(LineItem).filter_by(order_id=order_id).one()
        for _ in range(12):
            fulfil(session, order, lines=[(line.id, 1)])
        case = request_return(session, order, lines=[(line.id, 1)] * 12)
        move_return(session, case, "approve")
    (case,) = fetch.order(admin, order_id).returns
    assert case.lines == ((line_id_of(order_id), 1),) * 12
    assert not case.truncated


def line_id_of(order_id):
    with unit_of_work(announce=False) as session:
        return session.query(LineItem).filter_by(order_id=order_id).one().id


def test_a_product_a_customer_and_the_shop_by_webhook_and_fetched_are_the_same(admin, shop):
    assert webhook_goods.product(newest("products/create")) == fetch.product(admin, shop.ids["product"])
    told = webhook_people.customer(newest("customers/create"))
    assert told == fetch.customer(admin, shop.ids["customer"])
    fetched = fetch.shop(admin)
    assert fetched.domain == f"{SHOP}.myshopify.com"
    assert fetched.primary_url.startswith("http")


def test_what_the_shop_does_not_have_is_none(admin):
    assert fetch.order(admin, 1) is None
    assert fetch.product(admin, 1) is None
    assert fetch.collection(admin, 1) is None
    assert fetch.collections_of(admin, [1]) == {}
    assert fetch.customer(admin, 1) is None


def test_every_order_changed_since_comes_once_page_by_page_oldest_change_first(admin, shop):
    ids = [shop(1) for _ in range(8)]
    since = datetime.now(UTC) - timedelta(days=1)
    first = fetch.orders_updated(admin, since)
    second = fetch.orders_updated(admin, since, first.next_cursor)
    assert [len(first.items), len(second.items), second.next_cursor] == [6, 2, None]
    seen = [order.shopify_id for order in first.items + second.items]
    assert sorted(seen) == sorted(ids)
    changes = [order.updated_at for order in first.items + second.items]
    assert changes == sorted(changes)
    assert fetch.orders_updated(admin, datetime.now(UTC) + timedelta(days=1)).items == ()


def test_a_collection_of_many_and_a_product_in_many_are_read_whole(admin, shop):
    with unit_of_work() as session:
        here = shop_by_handle(session, SHOP)
        made = [create_product(session, here, {"handle": f"cup-{n}", "title": f"Cup {n}"}, []) for n in range(260)]
        many = create_collection(session, here, {"handle": "cups", "title": "Cups"}, made)
        for n in range(20):
            create_collection(session, here, {"handle": f"shelf-{n}", "title": f"Shelf {n}"}, made[:1])
        first, second, number = made[0].id, made[1].id, many.id
        every = frozenset(one.id for one in made)
    assert fetch.collection(admin, number) == CollectionFacts(number, "cups", every)
    handles = ["cups", *(f"shelf-{n}" for n in range(20))]
    told = fetch.collections_of(admin, [first, second])
    assert {each: [handle for _, handle in found] for each, found in told.items()} == {first: handles, second: ["cups"]}
    listed = {one.shopify_id: one for page in pages(lambda cursor: fetch.products(admin, None, cursor)) for one in page}
    assert [handle for _, handle in listed[first].collections] == handles
    assert not listed[first].truncated
    assert {listed[each].collections for each in every - {first}} == {((number, "cups"),)}


def pages(ask):
    found = ask(None)
    yield found.items
    while found.next_cursor:
        found = ask(found.next_cursor)
        yield found.items


def test_an_order_too_large_for_a_page_is_fetched_whole(admin, shop):
    with unit_of_work() as session:
        here = shop_by_handle(session, SHOP)
        names = [f"cup-{number}" for number in range(45)]
        for name in names:
            facts = {"handle": name, "title": name, "drawing": "kettle", "body_html": ""}
            create_product(session, here, facts, [{"price": Decimal(4), "sku": name}])
        basket = Basket(lines=[(name, 1) for name in names], shipping_price=Decimal(5))
        buyer = create_customer(session, here, PERSON | {"email": "zoe@example.com"})
        order = place_order(session, here, buyer, basket)
        for line in session.query(LineItem).filter_by(order_id=order.id).order_by(LineItem.id).limit(15).all():
            fulfil(session, order, lines=[(line.id, 1)])
        order_id = order.id
    fetched = fetch.order(admin, order_id)
    assert len(fetched.lines) == 45
    assert len(fetched.fulfillments) == 15
    assert not fetched.truncated
    assert fetched == webhook_orders.order(newest("orders/updated"))
    (listed,) = fetch.orders_updated(admin, datetime.now(UTC) - timedelta(days=1)).items
    assert listed == fetched


def test_which_of_many_still_exist(admin, shop):
    ids = [shop(1) for _ in range(3)]
    assert fetch.existing(admin, "Order", [*ids, *range(1, 400)]) == set(ids)
    assert fetch.existing(admin, "Order", []) == frozenset()


def test_the_scopes_the_app_has(admin):
    assert {"read_orders", "read_fulfillments"} <= fetch.granted_scopes(admin)


def test_products_and_customers_come_in_pages(admin, shop):
    assert [product.handle for product in fetch.products(admin).items] == ["kettle"]
    assert [person.email for person in fetch.customers(admin).items] == ["ana@example.com"]
    assert fetch.customers(admin, datetime.now(UTC) + timedelta(days=1)).items == ()


def test_data_that_was_not_approved_is_withheld_and_not_absent(admin, shop):
    order_id = shop()
    with unit_of_work() as session:
        session.query(Installation).one().data_level = 1
    fetched = fetch.order(admin, order_id)
    assert fetched.email is None
    assert {"email", "status_url", "destination.first_name", "destination.zip"} <= fetched.withheld
    assert {"email", "first_name", "last_name"} <= fetched.customer.withheld
    assert fetched.destination.country == "GB"
    (listed,) = fetch.orders_updated(admin, datetime.now(UTC) - timedelta(days=1)).items
    assert listed.withheld == fetched.withheld
    with unit_of_work() as session:
        session.query(Installation).one().data_level = 0
    with pytest.raises(AccessDenied) as refused:
        fetch.order(admin, order_id)
    assert refused.value.unapproved


@pytest.mark.parametrize("kind", ["Order", "Customer"])
def test_what_is_withheld_is_not_taken_for_gone(admin, shop, kind):
    order_id = shop()
    with unit_of_work() as session:
        session.query(Installation).one().data_level = 0
    with pytest.raises(AccessDenied) as refused:
        fetch.existing(admin, kind, [order_id if kind == "Order" else shop.ids["customer"]])
    assert refused.value.unapproved
    assert fetch.existing(admin, "Product", [shop.ids["product"]]) == {shop.ids["product"]}


def test_a_missing_scope_is_not_taken_for_missing_approval(admin, shop):
    with unit_of_work() as session:
        row = session.query(Installation).one()
        row.scopes = [scope for scope in row.scopes if scope != "read_customers"]
    with pytest.raises(AccessDenied) as refused:
        fetch.customer(admin, shop.ids["customer"])
    assert not refused.value.unapproved
