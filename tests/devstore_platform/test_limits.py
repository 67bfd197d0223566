"""Points: what a query costs, what is left, and what happens when nothing is."""

import pytest
from graphql import get_operation_ast, parse
from hypothesis import given
from hypothesis import strategies as st

from app.shopify import documents
from devstore.platform.admin_api import bucket
from devstore.platform.admin_api.bucket import RATES, Bucket
from devstore.platform.admin_api.cost import requested_cost
from devstore.platform.admin_api.schema import schema
from tests.devstore_platform.conftest import ask, exchange


@pytest.fixture
def token(installed):
    bucket._buckets.clear()
    return exchange(installed).json["access_token"]


def cost(text, **variables):
    document = parse(text)
    return requested_cost(schema(), document, get_operation_ast(document), variables)


@pytest.mark.parametrize(
    ("text", "points"),
    [
        ("{ shop { id name } }", 1),
        ('{ product(id: "gid://shopify/Product/1") { id metafield(key: "a.b") { definition { type { name } } } } }', 4),
        ("{ orders(first: 10) { nodes { id customer { id } } pageInfo { hasNextPage } } }", 20),
        ("query ($n: Int = 3) { orders(first: $n) { edges { cursor node { id } } } }", 3),
        ("{ ...Q } fragment Q on QueryRoot { shop { plan { shopifyPlus } } }", 2),
        ('mutation { metaobjectDelete(id: "x") { deletedId userErrors { code } } }', 10),
        ("{ __typename }", 0),
    ],
)
def test_a_query_costs_its_objects(text, points):
    assert cost(text) == points


def test_a_variable_decides_the_size():
    assert cost("query ($n: Int = 3) { orders(first: $n) { nodes { id } } }", n=50) == 50


@pytest.mark.parametrize("name", documents.names())
def test_no_document_of_the_app_is_too_dear(name):
    assert cost(documents.text(name)) <= 1000


def test_an_answer_says_what_it_cost_and_what_is_left(installed, token, monkeypatch):
    # A bucket refills a point every ten milliseconds: time stands still while it is looked at.
    monkeypatch.setattr("devstore.platform.admin_api.route.time.monotonic", lambda: 1000.0)
    bucket._buckets.clear()
    extensions = ask(installed, token, "{ orders(first: 100) { nodes { id } } shop { id } }").json["extensions"]
    assert extensions["cost"]["requestedQueryCost"] == 101
    assert extensions["cost"]["actualQueryCost"] == 1
    status = extensions["cost"]["throttleStatus"]
    assert (status["maximumAvailable"], status["restoreRate"]) == (2000, 100)
    assert status["currentlyAvailable"] == 1999


def test_a_query_above_the_limit_is_refused_outright(installed, token):
    text = "{ orders(first: 250) { nodes { lineItems(first: 10) { nodes { id } } } } }"
    error = ask(installed, token, text).json["errors"][0]
    assert (error["extensions"]["code"], error["extensions"]["maxCost"]) == ("MAX_COST_EXCEEDED", 1000)


def test_an_empty_bucket_throttles_with_200_and_fills_again(installed, token, monkeypatch):
    now = [1000.0]
    monkeypatch.setattr("devstore.platform.admin_api.route.time.monotonic", lambda: now[0])
    bucket._buckets.clear()
    text = "{ orders(first: 250) { nodes { customer { id } } } shop { id } }"
    monkeypatch.setattr(Bucket, "give_back", lambda bucket, *_: bucket.level)
    answers = [ask(installed, token, text) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200] * 4
    assert "data" in answers[2].json
    error = answers[3].json["errors"][0]
    assert error["extensions"]["code"] == "THROTTLED"
    assert "data" not in answers[3].json
    assert answers[3].json["extensions"]["cost"]["throttleStatus"]["currentlyAvailable"] == 497
    now[0] += 1
    assert "data" in ask(installed, token, text).json


@given(st.lists(st.tuples(st.floats(0, 30), st.integers(0, 1000)), max_size=50))
def test_a_bucket_never_lends_and_never_overflows(steps):
    rate = RATES["basic"]
    held, now, taken = Bucket(rate, 20 * rate, 0.0), 0.0, 0.0
    for wait, points in steps:
        now += wait
        taken += points if held.take(points, now) else 0
        assert 0 <= held.level <= 2000
        assert taken <= 2000 + now * rate + 1e-6
