"""Pages of a connection: forwards, backwards, searched, and windows that make no sense."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from devstore.platform.install import shop_by_handle
from devstore.state.engine import unit_of_work
from devstore.world.customers import create_customer
from devstore.world.place_order import Basket, place_order
from devstore.world.products import create_product
from tests.devstore_platform.conftest import SHOP, ask, exchange

ADDRESS = {"address1": "2 Mill Road", "city": "York", "country": "United Kingdom", "country_code": "GB"}


@pytest.fixture
def token(installed):
    return exchange(installed).json["access_token"]


@pytest.fixture
def many(installed):
    with unit_of_work() as session:
        shop = shop_by_handle(session, SHOP)
        create_product(session, shop, {"handle": "mug", "title": "Mug"}, [{"price": Decimal(9)}])
        customer = create_customer(session, shop, {"email": "dai@example.com", "address": ADDRESS})
        start = datetime.now(UTC).replace(microsecond=0) - timedelta(days=3)
        for number in range(7):
            order = place_order(session, shop, customer, Basket(lines=[("mug", 1)]))
            order.updated_at = start + timedelta(hours=number // 2)
            session.flush()
        return start


PAGE = """query ($after: String, $before: String, $first: Int, $last: Int, $query: String, $reverse: Boolean) {
  orders(
    first: $first, last: $last, after: $after, before: $before,
    query: $query, sortKey: UPDATED_AT, reverse: $reverse
  ) {
    edges { cursor node { name } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""


def walk(client, token, /, **variables):
    names, after = [], None
    while True:
        page = ask(client, token, PAGE, after=after, **variables).json["data"]["orders"]
        names += [edge["node"]["name"] for edge in page["edges"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            return names


@pytest.mark.parametrize("size", [1, 2, 3, 7, 250])
def test_pages_by_update_time_miss_nothing_and_repeat_nothing(installed, token, many, size):
    assert walk(installed, token, first=size) == [f"#{1001 + n}" for n in range(7)]
    assert walk(installed, token, first=size, reverse=True) == [f"#{1007 - n}" for n in range(7)]


def test_a_page_backwards_ends_before_its_cursor(installed, token, many):
    page = ask(installed, token, PAGE, last=3).json["data"]["orders"]
    assert [edge["node"]["name"] for edge in page["edges"]] == ["#1005", "#1006", "#1007"]
    assert page["pageInfo"]["hasPreviousPage"] is True
    earlier = ask(installed, token, PAGE, last=3, before=page["pageInfo"]["startCursor"]).json["data"]["orders"]
    assert [edge["node"]["name"] for edge in earlier["edges"]] == ["#1002", "#1003", "#1004"]


def test_a_search_by_update_time_keeps_its_edge(installed, token, many):
    edge = (many + timedelta(hours=1)).isoformat()
    assert walk(installed, token, first=50, query=f"updated_at:>='{edge}'") == [f"#{1003 + n}" for n in range(5)]
    assert walk(installed, token, first=50, query=f"updated_at:<'{edge}'") == ["#1001", "#1002"]


def test_an_unknown_search_field_is_ignored_and_reported(installed, token, many):
    answer = ask(installed, token, PAGE, first=50, query="flavour:mint").json
    assert len(answer["data"]["orders"]["edges"]) == 7
    assert answer["extensions"]["search"][0]["warnings"][0]["field"] == "flavour"


@pytest.mark.parametrize("arguments", ["", "(first: 1, last: 1)", "(first: 251)", '(first: 1, after: "x")'])
def test_a_window_that_makes_no_sense_is_an_error(installed, token, arguments):
    answer = ask(installed, token, f"{{ orders{arguments} {{ nodes {{ id }} }} }}")
    assert answer.status_code == 200
    assert answer.json["errors"]
