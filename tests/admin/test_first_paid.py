"""When a paid order was paid, by how we first heard of it: a flow on payments mails nobody about one of long ago."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.orders.models import Order, OrderEvent
from app.orders.record.order import record_order
from app.orders.record.told import RECONCILE, WEBHOOK, Told
from app.orders.topics import order_told
from app.shopify.payloads import webhook_orders
from app.shopify.webhooks.apply import Delivery
from tests.admin.flow_documents import running, runs, send
from tests.admin.test_unread import Shopify, order
from tests.journeys.bodies import order_body

LONG = timedelta(days=400)


def tell(merchant, *, placed, updated, status="paid", source=RECONCILE, paid_at=None):
    """Tell of one order as it stood at `updated`."""
    body = order_body(merchant.now) | {
        "created_at": placed.isoformat(), "processed_at": placed.isoformat(), "updated_at": updated.isoformat(),
        "financial_status": status,
    }  # fmt: skip
    with merchant.work() as session:
        facts = webhook_orders.order(body)
        record_order(session, facts, Told(source, merchant.now, merchant.now, paid_at=paid_at))


def paid(merchant):
    """Return when the order was paid, by its row and by its history."""
    ((row,),) = merchant.rows(select(Order.paid_at))
    return row, [at for (at,) in merchant.rows(select(OrderEvent.happened_at).where(OrderEvent.kind == "paid"))]


@pytest.fixture
def shop(merchant):
    """A shop that mails on payments since two hours ago."""
    running(merchant, send("paid_mail"), on="paid", key="paid_flow")
    merchant.pass_time(hours=2)
    return merchant


def test_an_old_order_edited_today_was_not_paid_today(shop):
    then = shop.now - LONG
    tell(shop, placed=then, updated=shop.now)
    assert paid(shop) == (then, [then])
    assert runs(shop, "paid_flow") == []
    assert shop.plans() == {}


def test_an_order_just_placed_and_paid_is_mailed_about(shop):
    placed = shop.now - timedelta(minutes=5)
    tell(shop, placed=placed, updated=shop.now)
    assert paid(shop) == (placed, [placed])
    assert len(runs(shop, "paid_flow")) == 1


def test_a_known_order_is_paid_when_it_turns_paid(shop):
    tell(shop, placed=shop.now - LONG, updated=shop.now - LONG, status="pending")
    tell(shop, placed=shop.now - LONG, updated=shop.now, source=WEBHOOK)
    assert paid(shop) == (shop.now, [shop.now])
    assert len(runs(shop, "paid_flow")) == 1


def test_a_webhook_sent_for_the_payment_dates_it_though_it_is_the_first_we_hear(shop):
    paid_at = shop.now - timedelta(minutes=30)
    tell(shop, placed=shop.now - LONG, updated=shop.now, paid_at=paid_at)
    assert paid(shop) == (paid_at, [paid_at])
    assert len(runs(shop, "paid_flow")) == 1


@pytest.mark.parametrize("topic", ["orders/paid", "orders/updated"])
def test_only_the_topic_says_that_it_was_paid_just_now(shop, topic):
    then, now = shop.now - LONG, shop.now.replace(microsecond=0)
    body = order_body(shop.now) | {"updated_at": now.isoformat(), "financial_status": "paid"}
    instants = {"createdAt": then.isoformat(), "processedAt": then.isoformat(), "updatedAt": shop.now.isoformat()}
    shop.wired.parts["admin"] = lambda _session, _shop: Shopify(order={"order": order(body["id"], **instants)})
    with shop.work() as session:
        order_told(session, Delivery(shop.domain, topic, now, now, body))
    when = now if topic == "orders/paid" else then
    assert paid(shop) == (when, [when])
