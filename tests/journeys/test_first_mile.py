"""From a paid order to the mail that leaves: once, and only once."""

from sqlalchemy import select

from app.flows.models import FollowUp
from app.kit.clock import real_now
from app.messages.models import Message, MessageState
from app.orders.models import Order
from app.orders.record.order import record_order
from app.orders.record.told import WEBHOOK, Told
from app.shopify.models import InboxState, WebhookInbox
from app.shopify.payloads import webhook_orders
from tests.journeys.bodies import order_body


def know(shop, body):
    """Let the shop know the order already, as a fetch would have told it."""
    with shop.work() as session:
        record_order(session, webhook_orders.order(body), Told(WEBHOOK, real_now(), real_now()))


def test_a_paid_order_is_thanked_for_once(shop):
    shop.start_flows()
    body = order_body(real_now())
    know(shop, body)
    assert shop.webhook("orders/paid", body).status_code == 200
    assert shop.webhook("orders/paid", body).status_code == 200
    assert shop.apply() == 1
    shop.drain()
    shop.drain()
    assert len(shop.sink.delivered) == 1
    mail = shop.sink.delivered[0].decode()
    assert "Kiln & Kettle" in mail
    assert "hello@kiln.example.com" in mail
    assert [row.state for row in shop.rows(select(Message.state))] == [MessageState.ACCEPTED]
    assert [(row.step, row.outcome) for row in shop.rows(select(FollowUp.step, FollowUp.outcome))] == [
        ("thank_you", "handed_over")
    ]


def test_nothing_is_sent_before_the_merchant_starts(shop):
    know(shop, order_body(real_now()))
    shop.drain()
    assert shop.sink.delivered == []
    assert shop.rows(select(FollowUp.id)) == []
    assert len(shop.rows(select(Order.id))) == 1


def test_a_webhook_for_a_shop_that_is_not_installed_waits(shop):
    with shop.work() as session:
        from app.shops.install import uninstall

        assert uninstall(session, shop.id, real_now())
    shop.webhook("orders/paid", order_body(real_now()))
    assert shop.apply() == 0
    assert [row.state for row in shop.rows(select(WebhookInbox.state))] == [InboxState.WAITING_FOR_SHOP]


def test_poison_is_parked_with_its_reason(shop):
    shop.webhook("orders/paid", {"id": "not a number"})
    shop.apply()
    ((state, reason),) = shop.rows(select(WebhookInbox.state, WebhookInbox.reason))
    assert state is InboxState.PARKED
    assert "id" in reason
