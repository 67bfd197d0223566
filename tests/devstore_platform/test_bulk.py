"""Bulk operations: what Shopify refuses, what a file looks like, how many run at once, and what cancelling does."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from devstore.generator.history import Plan, draw
from devstore.generator.load import load
from devstore.platform.announce import install_app
from devstore.platform.bulk import run
from devstore.platform.bulk.tables import BulkOperation
from devstore.platform.install import installation_of, shop_by_handle
from devstore.state.engine import unit_of_work
from devstore.state.models import LineItem, Order, Shop
from tests.devstore_platform.conftest import ask, exchange, id_token

BEGIN = """mutation ($query: String!, $grouped: Boolean! = false) {
  bulkOperationRunQuery(query: $query, groupObjects: $grouped) {
    bulkOperation { id status } userErrors { field message code }
  }
}"""
LOOK = """query ($id: ID!) {
  bulkOperation(id: $id) { id status errorCode objectCount rootObjectCount fileSize url partialDataUrl completedAt }
}"""
DEEP = """{ customers { edges { node { id orders { edges { node { id returns { edges { node { id
  returnLineItems { edges { node { id } } } } } } } } } } } } }"""
MANY = """{ orders { edges { node { id a: lineItems { edges { node { id } } } b: lineItems { edges { node { id } } }
  c: lineItems { edges { node { id } } }
  d: returns { edges { node { id } } } e: returns { edges { node { id } } } } } } }"""
CANCEL = "mutation ($id: ID!) { bulkOperationCancel(id: $id) { bulkOperation { status } userErrors { message } } }"
ORDERS = """{ orders { edges { node { id name fulfillments { id deliveredAt trackingInfo { number } }
  lineItems { edges { node { id title } } } } } } }"""


@pytest.fixture
def made(client):
    """A shop with 110 orders of six weeks, and the app in it."""
    plan = Plan("made-up", 12, datetime.now(UTC) - timedelta(hours=1), years=0.12, orders=110)
    with unit_of_work() as session:
        shop_id = load(session, plan, draw(plan))
    with unit_of_work() as session:
        install_app(session, session.get_one(Shop, shop_id))
    return client


@pytest.fixture
def says(made):
    base = "http://made-up.myshopify.com"
    subject = id_token(shop_domain="made-up.myshopify.com")
    token = exchange(made, base=base, subject_token=subject).json["access_token"]

    def say(document, **variables):
        return ask(made, token, document, base=base, **variables).json["data"]

    return say


def begin(says, query=ORDERS, **more):
    told = says(BEGIN, query=query, **more)["bulkOperationRunQuery"]
    assert told["userErrors"] == []
    return told["bulkOperation"]["id"]


def rows(client, url):
    answer = client.get(url.removeprefix("http://127.0.0.1:9000"))
    assert answer.status_code == 200
    return [json.loads(line) for line in answer.text.splitlines()]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        (
            "{ orders { edges { node { id fulfillments { id events { edges { node { id } } } } } } } }",
            "within a list field",
        ),
        (
            "{ orders { edges { node { id refunds { id refundLineItems { edges { node { quantity } } } } } } } }",
            "within a list",
        ),
        ("{ shop { name } }", "at least one connection"),
        ("{ orders { edges { node { name lineItems { edges { node { id } } } } } } }", "must select the 'id' field"),
        (
            "{ orders { edges { node { id: name lineItems { edges { node { id } } } } } } }",
            "must select the 'id' field",
        ),
        ('{ nodes(ids: ["gid://shopify/Order/1"]) { id } }', "top-level 'nodes'"),
        ("{ orders { edges { node { id } } } products { edges { node { id } } } }", "multiple top-level"),
        ("{ orders { edges { node { id nonsense } } } }", "Cannot query field"),
        ("{ orders { edges { node { id } ", "Syntax Error"),
        ("query ($n: Int) { orders(first: $n) { edges { node { id } } } }", "variables"),
        (DEEP, "nesting depth greater than 2"),
        (MANY, "more than 5 connections"),
    ],
)
def test_what_shopify_refuses_is_refused(installed, query, said):
    told = ask(installed, exchange(installed).json["access_token"], BEGIN, query=query).json["data"][
        "bulkOperationRunQuery"
    ]
    assert told["bulkOperation"] is None
    (error,) = told["userErrors"]
    assert error["code"] == "INVALID"
    assert said in error["message"]


def test_five_run_at_once_and_a_sixth_waits_its_turn(says):
    begun = [begin(says) for _ in range(5)]
    told = says(BEGIN, query=ORDERS)["bulkOperationRunQuery"]
    assert [error["code"] for error in told["userErrors"]] == ["LIMIT_REACHED"]
    run.run_all()
    assert {says(LOOK, id=one)["bulkOperation"]["status"] for one in begun} == {"COMPLETED"}
    begin(says)


def test_every_order_and_line_is_in_the_file_once_and_lines_name_their_order(made, says):
    operation = begin(says)
    assert says(LOOK, id=operation)["bulkOperation"]["status"] == "CREATED"
    run.run_all()
    told = says(LOOK, id=operation)["bulkOperation"]
    found = rows(made, told["url"])
    orders = [row for row in found if "__parentId" not in row]
    lines = [row for row in found if "__parentId" in row]
    with unit_of_work() as session:
        shop = shop_by_handle(session, "made-up")
        numbers = {f"gid://shopify/Order/{row.id}" for row in session.query(Order).filter_by(shop_id=shop.id)}
        count = session.query(LineItem).filter_by(shop_id=shop.id).count()
    assert sorted(row["id"] for row in orders) == sorted(numbers)
    assert {row["__parentId"] for row in lines} <= numbers
    assert len(lines) == count
    assert (int(told["rootObjectCount"]), int(told["objectCount"])) == (len(orders), len(found))
    assert all("lineItems" not in row and isinstance(row["fulfillments"], list) for row in orders)
    # Ungrouped children do not stand beside their parents, and somebody who counts on it finds out here.
    places = {row["id"]: place for place, row in enumerate(found)}
    assert any(places[row["id"]] - places[row["__parentId"]] > 20 for row in lines)


def test_grouped_children_follow_their_parent(made, says):
    operation = begin(says, grouped=True)
    run.run_all()
    parent = None
    for row in rows(made, says(LOOK, id=operation)["bulkOperation"]["url"]):
        if "__parentId" in row:
            assert row["__parentId"] == parent
        else:
            parent = row["id"]


def test_a_file_can_be_read_on_from_a_byte(made, says):
    operation = begin(says)
    run.run_all()
    told = says(LOOK, id=operation)["bulkOperation"]
    path = told["url"].removeprefix("http://127.0.0.1:9000")
    whole = made.get(path).data
    assert len(whole) == int(told["fileSize"])
    for start in (0, 1, 777, len(whole) // 2, len(whole) - 1):
        part = made.get(path, headers={"Range": f"bytes={start}-"})
        assert part.status_code == 206
        assert part.data == whole[start:]
    assert made.get(path, headers={"Range": f"bytes={len(whole)}-"}).status_code == 416


def test_an_address_goes_out_of_use_and_asking_gives_another(made, says):
    operation = begin(says)
    run.run_all()
    first = says(LOOK, id=operation)["bulkOperation"]["url"].removeprefix("http://127.0.0.1:9000")
    made.post("/api/bulk/expire-addresses")
    assert made.get(first).status_code == 403
    second = says(LOOK, id=operation)["bulkOperation"]["url"].removeprefix("http://127.0.0.1:9000")
    assert made.get(second).status_code == 200
    with unit_of_work() as session:
        session.execute(update(BulkOperation).values(completed_at=datetime.now(UTC) - timedelta(days=8)))
    told = says(LOOK, id=operation)["bulkOperation"]
    assert (told["status"], told["url"]) == ("EXPIRED", None)
    assert made.get(second).status_code == 403


def test_a_cancelled_one_keeps_what_it_had(made, says):
    operation = begin(says)
    assert run.run_page()
    assert says(LOOK, id=operation)["bulkOperation"]["status"] == "RUNNING"
    assert says(CANCEL, id=operation)["bulkOperationCancel"]["bulkOperation"]["status"] == "CANCELING"
    run.run_all()
    told = says(LOOK, id=operation)["bulkOperation"]
    assert (told["status"], told["url"]) == ("CANCELED", None)
    assert rows(made, told["partialDataUrl"])
    assert says(CANCEL, id=operation)["bulkOperationCancel"]["userErrors"]


def test_a_scope_taken_away_meanwhile_ends_it(made, says):
    operation = begin(says, "{ orders { edges { node { id returns { edges { node { id } } } } } } }")
    with unit_of_work() as session:
        shop = shop_by_handle(session, "made-up")
        row = installation_of(session, shop)
        row.scopes = [scope for scope in row.scopes if scope != "read_returns"]
    run.run_all()
    told = says(LOOK, id=operation)["bulkOperation"]
    assert (told["status"], told["errorCode"], told["url"]) == ("FAILED", "ACCESS_DENIED", None)


def test_operations_are_listed_newest_first_by_status(says):
    first, second = begin(says), begin(says)
    document = "query ($q: String) { bulkOperations(first: 5, query: $q) { nodes { id } } }"
    assert [one["id"] for one in says(document)["bulkOperations"]["nodes"]] == [second, first]
    run.run_all()
    assert says(document, q="status:running")["bulkOperations"]["nodes"] == []
    assert len(says(document, q="status:completed")["bulkOperations"]["nodes"]) == 2


def test_only_the_orders_in_reach_are_in_it(made, says):
    with unit_of_work() as session:
        shop = shop_by_handle(session, "made-up")
        numbers = session.query(Order).filter_by(shop_id=shop.id)
        numbers.filter(Order.order_number <= 1010).update({"created_at": datetime.now(UTC) - timedelta(days=61)})
    operation = begin(says)
    run.run_all()
    names = {row.get("name") for row in rows(made, says(LOOK, id=operation)["bulkOperation"]["url"])}
    assert "#1010" not in names
    assert "#1011" in names
