"""What a merchant does to orders and customers in the admin, and what the app is told."""

import re
from decimal import Decimal

import pytest
from sqlalchemy import select

from devstore.platform.install import shop_by_handle
from devstore.state.engine import unit_of_work
from devstore.state.models import Fulfillment, LineItem, Order, Return
from devstore.world.customers import create_customer
from devstore.world.place_order import Basket, place_order
from devstore.world.products import create_product
from tests.devstore_platform.conftest import SHOP, topics

ADMIN = f"/admin/{SHOP}"


@pytest.fixture
def order(installed):
    """The id of a paid order of three mugs."""
    with unit_of_work() as session:
        shop = shop_by_handle(session, SHOP)
        create_product(session, shop, {"handle": "mug", "title": "Mug"}, [{"price": Decimal(9)}])
        address = {"address1": "2 Mill Road", "city": "York", "country": "United Kingdom", "country_code": "GB"}
        customer = create_customer(session, shop, {"email": "dai@example.com", "first_name": "Dai", "address": address})
        return place_order(session, shop, customer, Basket(lines=[("mug", 3)])).id


def line_of(order):
    with unit_of_work() as session:
        return session.scalars(select(LineItem.id).where(LineItem.order_id == order)).one()


def do(client, order, action, **form):
    return client.post(f"{ADMIN}/orders/{order}/{action}", data=form)


@pytest.mark.parametrize(
    "path",
    [
        *("orders", "orders?q=dai", "orders?q=%231001", "orders?q=nobody", "orders?page=7", "products", "customers"),
        *("customers?q=dai", "apps", "strip.json", "scopes.json", "extensions.json", "products.json?query=mug"),
    ],
)
def test_every_page_answers(installed, order, path):
    assert installed.get(f"{ADMIN}/{path}").status_code == 200


def test_a_parcel_is_shipped_scanned_and_delivered(installed, order):
    line = line_of(order)
    assert do(installed, order, "fulfil", **{f"ship-{line}": "2", "company": "Example Post"}).status_code == 303
    with unit_of_work() as session:
        parcel = session.scalars(select(Fulfillment.id)).one()
    for status in ("in_transit", "delivered"):
        assert do(installed, order, "event", parcel=parcel, status=status, city="York").status_code == 303
    page = installed.get(f"{ADMIN}/orders/{order}").text
    assert "Partly fulfilled" in page
    assert "Delivered" in page
    assert topics()[-6:] == [
        *("fulfillment_events/create", "fulfillments/update", "orders/updated"),
        *("fulfillment_events/create", "fulfillments/update", "orders/updated"),
    ]


def test_a_return_is_requested_approved_and_closed(installed, order):
    line = line_of(order)
    do(installed, order, "fulfil", **{f"ship-{line}": "3"})
    assert do(installed, order, "return", **{f"back-{line}": "1", "reason": "defective"}).status_code == 303
    with unit_of_work() as session:
        case = session.scalars(select(Return.id)).one()
    for decision in ("approve", "close", "reopen"):
        assert do(installed, order, "move-return", **{"return": case, "decision": decision}).status_code == 303
    assert [topic for topic in topics() if topic.startswith("returns/")] == [
        *("returns/request", "returns/approve", "returns/close", "returns/reopen")
    ]


def test_refund_cancel_and_delete(installed, order):
    assert do(installed, order, "refund", **{f"refund-{line_of(order)}": "1"}).status_code == 303
    assert "Partially refunded" in installed.get(f"{ADMIN}/orders/{order}").text
    assert do(installed, order, "cancel", reason="inventory").status_code == 303
    assert "Cancelled" in installed.get(f"{ADMIN}/orders/{order}").text
    assert do(installed, order, "delete").location == f"{ADMIN}/orders"
    assert installed.get(f"{ADMIN}/orders/{order}").status_code == 404
    assert topics()[-1] == "orders/delete"


@pytest.mark.parametrize(
    ("action", "form"),
    [
        ("fulfil", {"ship-LINE": "99"}),
        ("fulfil", {"ship-LINE": "-1"}),
        ("fulfil", {"ship-LINE": "many"}),
        ("fulfil", {}),
        ("refund", {}),
        ("refund", {"amount": "lots"}),
        ("refund", {"amount": "-5"}),
        ("return", {"back-LINE": "1"}),
        ("event", {"parcel": "1", "status": "delivered"}),
        ("event", {"parcel": "9" * 40}),
        ("move-return", {"return": "1", "decision": "approve"}),
        ("cancel", {"reason": "boredom"}),
        ("pay", {}),
    ],
)
def test_what_makes_no_sense_is_said_on_the_orders_own_page(installed, order, action, form):
    before = topics()
    named = {name.replace("LINE", str(line_of(order))): value for name, value in form.items()}
    answer = do(installed, order, action, **named)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert "#1001" in answer.text
    assert topics() == before


def test_another_shops_order_cannot_be_seen_or_touched(installed, order):
    assert installed.get(f"/admin/fernside-tea/orders/{order}").status_code == 404
    assert installed.post(f"/admin/fernside-tea/orders/{order}/delete").status_code == 404
    with unit_of_work() as session:
        assert session.get(Order, order) is not None


def test_a_customers_choice_and_rights_reach_the_app(installed, order):
    customer = installed.get(f"{ADMIN}/customers").text
    number = re.search(rf"{ADMIN}/customers/(\d+)", customer)[1]
    page = f"{ADMIN}/customers/{number}"
    before = len(topics())
    assert installed.post(f"{page}/consent", data={"state": "subscribed"}).status_code == 303
    assert installed.post(f"{page}/data-request").status_code == 303
    assert installed.post(f"{page}/redact").status_code == 303
    assert installed.post(f"{page}/nonsense").status_code == 404
    assert installed.post(f"{page}/consent", data={"state": "maybe"}).status_code == 422
    assert topics()[before:] == [
        "customers_email_marketing_consent/update",
        "customers/update",
        "customers/data_request",
        "customers/redact",
    ]


def test_the_last_webhooks_are_shown_with_their_answers(installed, order):
    strip = installed.get(f"{ADMIN}/strip.json").json
    assert [one["topic"] for one in strip["webhooks"][:2]] == ["orders/updated", "orders/paid"]
    assert strip["webhooks"][0]["answer"] == "on its way"
