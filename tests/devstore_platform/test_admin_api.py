"""What an app reads from the Admin API, with the app's own documents."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import update

from app.shopify import documents
from devstore.platform.announce import grant, revoke
from devstore.platform.install import installation_of, shop_by_handle
from devstore.state.engine import unit_of_work
from devstore.state.models import LineItem, Order, Product
from devstore.world.carrier_event import add_event
from devstore.world.collections import create_collection
from devstore.world.customers import create_customer
from devstore.world.fulfil import Tracking, fulfil
from devstore.world.place_order import Basket, place_order
from devstore.world.products import create_product
from devstore.world.refund import refund
from devstore.world.returns import move_return, request_return
from tests.devstore_platform.conftest import SHOP, ask, exchange

ADDRESS = {
    "address1": "2 Mill Road",
    "city": "York",
    "zip": "YO1 1AA",
    "country": "United Kingdom",
    "country_code": "GB",
}


@pytest.fixture
def token(installed):
    return exchange(installed).json["access_token"]


@pytest.fixture
def goods(installed):
    """A kettle, a customer, and an order of two kettles shipped, delivered, half refunded, half coming back."""
    with unit_of_work() as session:
        shop = shop_by_handle(session, SHOP)
        facts = {"handle": "kettle", "title": "Kettle", "drawing": "kettle", "body_html": "<p>Boils.</p>"}
        product = create_product(session, shop, facts, [{"price": Decimal(40), "sku": "K-1"}])
        person = {"email": "ana@example.com", "first_name": "Ana", "last_name": "Lima", "address": ADDRESS}
        customer = create_customer(session, shop, person | {"consent": "subscribed"})
        boiling = create_collection(session, shop, {"handle": "boiling", "title": "Boiling"}, [product])
        basket = Basket(lines=[("kettle", 2)], shipping_price=Decimal(5))
        order = place_order(session, shop, customer, basket)
        parcel = fulfil(session, order, tracking=Tracking("Example Post", "EP1"))
        add_event(session, parcel, "in_transit")
        event = add_event(session, parcel, "delivered")
        line = session.query(LineItem).filter_by(order_id=order.id).one()
        case = request_return(session, order, lines=[(line.id, 1)])
        move_return(session, case, "approve")
        refund(session, order, lines=[(line.id, 1)], return_id=case.id)
        return {
            "order": f"gid://shopify/Order/{order.id}",
            "product": f"gid://shopify/Product/{product.id}",
            "customer": f"gid://shopify/Customer/{customer.id}",
            "parcel": f"gid://shopify/Fulfillment/{parcel.id}",
            "return": f"gid://shopify/Return/{case.id}",
            "collection": f"gid://shopify/Collection/{boiling.id}",
            "delivered": event.happened_at,
        }


def read(client, token, name, /, **variables):
    answer = ask(client, token, documents.text(name), **variables)
    assert answer.status_code == 200
    assert "errors" not in answer.json, answer.json
    return answer.json["data"]


def test_an_order_comes_with_everything_that_hangs_on_it(installed, token, goods):
    order = read(installed, token, "order", id=goods["order"])["order"]
    assert (order["name"], order["number"], order["email"]) == ("#1001", 1001, "ana@example.com")
    assert order["displayFinancialStatus"] == "PARTIALLY_REFUNDED"
    assert order["displayFulfillmentStatus"] == "FULFILLED"
    assert order["currentTotalPriceSet"]["shopMoney"] == {"amount": "45.00", "currencyCode": "GBP"}
    assert order["customer"]["defaultEmailAddress"]["marketingState"] == "SUBSCRIBED"
    (line,) = order["lineItems"]["nodes"]
    assert (line["quantity"], line["currentQuantity"], line["product"]["id"]) == (2, 1, goods["product"])
    (parcel,) = order["fulfillments"]
    assert parcel["displayStatus"] == "DELIVERED"
    assert parcel["trackingInfo"][0]["number"] == "EP1"
    assert parcel["deliveredAt"] == goods["delivered"].astimezone(UTC).isoformat().replace("+00:00", "Z")
    assert [event["status"] for event in parcel["events"]["nodes"]] == ["DELIVERED", "IN_TRANSIT"]
    assert parcel["fulfillmentLineItems"]["nodes"] == [{"quantity": 2, "lineItem": {"id": line["id"]}}]
    (paid_back,) = order["refunds"]
    assert paid_back["totalRefundedSet"]["shopMoney"]["amount"] == "40.00"
    (back,) = order["returns"]["nodes"]
    assert (back["status"], back["name"]) == ("OPEN", "#1001-R1")
    assert back["returnLineItems"]["nodes"][0]["fulfillmentLineItem"]["lineItem"]["id"] == line["id"]


OF_BULK = {"bulk_orders"}  # given to a bulk operation whole, which tests/convergence/test_history.py does


def test_every_document_of_the_app_is_answered_without_errors(installed, token, goods):
    variables = {
        "bulk_look": {"id": "gid://shopify/BulkOperation/1"},
        "collection_products": {"id": goods["collection"]},
        "collections": {"query": "updated_at:>='2020-01-01T00:00:00Z'"},
        "customer": {"id": goods["customer"]},
        "customers": {"query": "updated_at:>=2020-01-01T00:00:00Z"},
        "fulfillment": {"id": goods["parcel"]},
        "installation": {},
        "metaobject": {"handle": {"type": "$app:review_summary", "handle": "1"}},
        "metaobject_definition": {"type": "$app:review_summary"},
        "nodes": {"ids": [goods["order"], goods["customer"], "gid://shopify/Order/1"]},
        "order": {"id": goods["order"]},
        "order_details": {"ids": [goods["order"]]},
        "order_lines": {"id": goods["order"]},
        "order_parcels": {"id": goods["order"]},
        "orders_count": {"query": "created_at:>='2020-01-01T00:00:00Z'"},
        "orders_updated": {"query": "updated_at:>='2020-01-01T00:00:00Z'"},
        "product": {"id": goods["product"]},
        "product_rating": {"id": goods["product"]},
        "products": {},
        "products_collections": {"ids": [goods["product"]]},
        "return_case": {"id": goods["return"]},
        "shop": {},
    }
    for name in documents.names():
        if name in variables:
            read(installed, token, name, **variables[name])
        else:
            assert name in OF_BULK or documents.text(name).lstrip().startswith("mutation"), name


def test_nodes_answer_in_their_order_with_null_for_what_is_gone(installed, token, goods):
    ids = ["gid://shopify/Order/1", goods["order"], "nonsense", goods["product"], "gid://shopify/Order/9" + "9" * 40]
    nodes = read(installed, token, "nodes", ids=ids)["nodes"]
    assert nodes == [
        None,
        {"__typename": "Order", "id": goods["order"]},
        None,
        {"__typename": "Product", "id": goods["product"]},
        None,
    ]


def test_orders_older_than_sixty_days_are_out_of_reach(installed, token, goods):
    with unit_of_work() as session:
        session.execute(update(Order).values(created_at=datetime.now(UTC) - timedelta(days=61)))
    assert read(installed, token, "order", id=goods["order"])["order"] is None
    assert read(installed, token, "nodes", ids=[goods["order"]])["nodes"] == [None]
    assert read(installed, token, "fulfillment", id=goods["parcel"])["fulfillment"] is None
    assert ask(installed, token, "{ ordersCount { count } }").json["data"]["ordersCount"]["count"] == 0


def test_a_missing_scope_is_named_and_the_rest_of_nothing_is_given(installed, token, goods):
    with unit_of_work() as session:
        shop = shop_by_handle(session, SHOP)
        row = installation_of(session, shop)
        row.scopes = [scope for scope in row.scopes if scope != "read_customers"]
    answer = ask(installed, token, "query ($id: ID!) { order(id: $id) { name customer { id } } }", id=goods["order"])
    assert answer.json["data"] == {"order": {"name": "#1001", "customer": None}}
    error = answer.json["errors"][0]
    assert error["extensions"]["code"] == "ACCESS_DENIED"
    assert "read_customers" in error["message"]
    assert error["path"] == ["order", "customer"]


def test_unapproved_customer_data_is_null_with_an_error(installed, token, goods):
    with unit_of_work() as session:
        installation_of(session, shop_by_handle(session, SHOP)).data_level = 1
    query = "query ($id: ID!) { order(id: $id) { name email shippingAddress { firstName countryCodeV2 } } }"
    answer = ask(installed, token, query, id=goods["order"]).json
    assert answer["data"]["order"] == {
        "name": "#1001",
        "email": None,
        "shippingAddress": {"firstName": None, "countryCodeV2": "GB"},
    }
    assert {tuple(error["path"]) for error in answer["errors"]} == {
        ("order", "email"),
        ("order", "shippingAddress", "firstName"),
    }
    assert all("not approved" in error["message"] for error in answer["errors"])
    with unit_of_work() as session:
        installation_of(session, shop_by_handle(session, SHOP)).data_level = 0
    assert ask(installed, token, query, id=goods["order"]).json["data"] == {"order": None}


def test_a_deleted_product_leaves_its_lines(installed, token, goods):
    with unit_of_work() as session:
        session.delete(session.query(Product).one())
    order = read(installed, token, "order", id=goods["order"])["order"]
    assert order["lineItems"]["nodes"][0]["title"] == "Kettle"
    assert order["lineItems"]["nodes"][0]["product"] is None


def test_scopes_come_and_go_and_are_read_back(installed, token):
    def held():
        scopes = read(installed, token, "installation")["currentAppInstallation"]["accessScopes"]
        return {scope["handle"] for scope in scopes}

    assert "write_products" not in held()
    with unit_of_work() as session:
        grant(session, shop_by_handle(session, SHOP), ["write_products"])
    assert "write_products" in held()
    with unit_of_work() as session:
        revoke(session, shop_by_handle(session, SHOP), ["write_products"])
    assert "write_products" not in held()
    refused = ask(
        installed,
        token,
        'mutation { appRevokeAccessScopes(scopes: ["read_orders"]) { revoked { handle } userErrors { code } } }',
    ).json["data"]["appRevokeAccessScopes"]
    assert refused == {"revoked": None, "userErrors": [{"code": "CANNOT_REVOKE_REQUIRED_SCOPES"}]}


def test_another_shops_order_is_not_there(installed, token, goods):
    with unit_of_work() as session:
        session.execute(update(Order).values(shop_id=shop_by_handle(session, "fernside-tea").id))
    assert read(installed, token, "order", id=goods["order"])["order"] is None


@pytest.mark.parametrize("body", [b"", b"[]", b'{"query": 1}', b'{"query": "{ shop { id } }", "variables": [1]}'])
def test_a_request_without_a_query_is_400(installed, token, body):
    answer = installed.post(
        "/admin/api/2026-10/graphql.json",
        data=body,
        content_type="application/json",
        headers={"X-Shopify-Access-Token": token},
        base_url=f"http://{SHOP}.myshopify.com",
    )
    assert answer.status_code == 400


@pytest.mark.parametrize(
    "query", ["{", "{ shop { nope } }", "query A { shop { id } } query B { shop { id } }", "{ order { id } }"]
)
def test_a_document_that_does_not_hold_is_answered_with_errors(installed, token, query):
    answer = ask(installed, token, query)
    assert answer.status_code == 200
    assert answer.json["errors"]
    assert "data" not in answer.json


def test_another_version_is_not_there(installed, token):
    answer = installed.post(
        "/admin/api/2025-01/graphql.json",
        json={"query": "{ shop { id } }"},
        headers={"X-Shopify-Access-Token": token},
        base_url=f"http://{SHOP}.myshopify.com",
    )
    assert answer.status_code == 404
