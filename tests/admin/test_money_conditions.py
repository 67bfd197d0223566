"""A condition on money is judged in the shop's currency, whatever the buyer paid in, and says so."""

import html

import pytest
from sqlalchemy import select

from app.orders.models import Order
from app.orders.record.order import record_order
from app.orders.record.told import WEBHOOK, Told
from app.shopify.payloads import webhook_orders
from tests.admin.flow_documents import running, runs
from tests.journeys.bodies import order_body

TOTAL = "the order's total in the shop's currency"


def money(shop, buyer):
    return {
        "shop_money": {"amount": shop, "currency_code": "GBP"},
        "presentment_money": {"amount": buyer, "currency_code": "JPY"},
    }


def told(merchant, shop, buyer):
    """Tell of an order paid in yen at a shop that counts in pounds."""
    body = order_body(merchant.now, currency="GBP", presentment_currency="JPY", current_total_price=shop)
    body["current_total_price_set"] = money(shop, buyer)
    with merchant.work() as session:
        record_order(session, webhook_orders.order(body), Told(WEBHOOK, merchant.now, merchant.now))


@pytest.mark.parametrize(("shop", "buyer", "ended"), [("49.00", "9800.00", "filtered"), ("51.00", "10200.00", None)])
def test_an_amount_is_compared_and_told_in_the_shops_currency(merchant, shop, buyer, ended):
    running(merchant, on={"on": "placed", "filter": {"fact": "order_total", "op": "at_least", "value": 50}})
    merchant.pass_time(minutes=5)
    told(merchant, shop, buyer)
    ((currency,),) = merchant.rows(select(Order.currency))
    assert currency == "GBP"
    (run,) = runs(merchant)
    assert run.ended_reason == ended
    assert f"{TOTAL} is at least 50" in html.unescape(merchant.fetch("/flow/care").text)
