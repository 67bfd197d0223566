"""What an order was bought with, SKUs and discount codes, comes from Shopify by any way and decides at a fork."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.flows.language.forms import flow_document
from app.flows.models import Enrollment
from app.flows.planning.publishing.save_flow import save_flow
from app.flows.planning.publishing.switch_flow import switch_on
from app.orders.models import Order, OrderLine
from tests.admin.flow_documents import document, send
from tests.convergence.player import PLACES
from tests.convergence.test_out_of_order import act

ANA = {"email": "ana.bought@example.com", "first_name": "Ana", "last_name": "Weber", "address": PLACES["GB"]}
WELCOMED = {"fact": "discount_codes", "op": "one_of", "value": ["welcome"]}
KETTLE = {"fact": "skus", "op": "one_of", "value": ["hk-1"]}


def fork(key, condition):
    ways = {"then": [send(f"{key}_yes")], "else": [send(f"{key}_no")]}
    return {"type": "branch", "key": key, "if": condition} | ways


@pytest.fixture(scope="module")
def shop(both):
    """A shop with a flow that forks by code, and one that forks by SKU."""
    with both.work_in_shop(both.shop_id) as session:
        for key, condition in (("code", WELCOMED), ("sku", KETTLE)):
            told = document(fork(f"{key}_fork", condition), on="paid", key=key)
            save_flow(session, flow_document(told), by="user:7", move=False)
            switch_on(session, key, by="user:7")
    both.move(minutes=5)
    return both


def ways(both, order):
    query = select(Enrollment.path).join(Order, Order.id == Enrollment.order_id).where(Order.shopify_id == order["id"])
    paths = both.rows(query.where(Enrollment.path != []).order_by(Enrollment.flow_id))
    return [(each["way"], each["because"][0]["found"]) for (path,) in paths for each in path]


@pytest.mark.parametrize("lost", [False, True])
@pytest.mark.parametrize(
    ("lines", "code", "expected"),
    [
        (["harbour-kettle", "paper-filters"], "WELCOME", [("then", ["WELCOME"]), ("then", ["HK-1"])]),
        (["paper-filters"], "OTHER", [("else", ["OTHER"]), ("else", [])]),
        (["morning-coffee"], None, [("else", []), ("else", ["MC-1"])]),
    ],
)
def test_a_fork_knows_codes_and_skus_by_webhook_and_by_asking(shop, lines, code, expected, lost):
    bought = [{"variant": each} for each in lines]
    order = act(shop, "POST", "/orders", customer=ANA, lines=bought, discount_code=code)
    if lost:
        shop.lose()
        shop.move(minutes=1)
        shop.reconcile(shop.shop_id)
    else:
        shop.deliver()
        shop.apply()
    assert ways(shop, order) == expected


def test_what_nobody_told_yet_is_unknown_until_the_next_news(shop):
    order = act(shop, "POST", "/orders", customer=ANA, lines=[{"variant": "harbour-kettle"}], paid=False)
    shop.deliver()
    shop.apply()
    with shop.work_in_shop(shop.shop_id) as session:  # as rows from before these columns stand
        mine = session.scalars(select(Order.id).where(Order.shopify_id == order["id"])).one()
        session.execute(update(Order).where(Order.id == mine).values(discount_codes=None))
        session.execute(update(OrderLine).where(OrderLine.order_id == mine).values(sku=None))
        assert [row.sku for row in session.scalars(select(OrderLine).where(OrderLine.order_id == mine))] == [None]
    shop.move(to=shop.now + timedelta(minutes=2))
    act(shop, "POST", f"/orders/{order['id']}/pay")
    shop.deliver()
    shop.apply()
    assert ways(shop, order) == [("else", []), ("then", ["HK-1"])]
