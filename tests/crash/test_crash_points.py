"""Every named point, killed and failed: after a clean start nothing is lost and nothing is sent twice."""

import copy
import json

import pytest
from sqlalchemy import select, update

from app.flows.models import FollowUp
from app.kit.clock import real_now
from app.messages.models import Message, MessageState
from app.orders.models import Order
from app.shopify.models import InboxState, WebhookInbox
from app.shopify.webhooks.claim import MAX_ATTEMPTS
from tests.crash.conftest import SAMPLES, admin_that_knows
from tests.journeys.bodies import order_body
from tests.journeys.test_first_mile import know

ACTIONS = ("kill", "raise", "hang", "stop")


def paid_order(shop):
    """Leave one paid order that is known, planned and due."""
    body = order_body(real_now())
    know(shop, body)
    shop.webhook("orders/paid", body)
    shop.apply()
    return body


def states(shop):
    return [row.state for row in shop.rows(select(Message.state))]


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("point", ["W1", "W2", "W3", "W4"])
def test_a_web_process_that_dies_loses_no_webhook(by_both_doors, shop, crash, point, action):
    shop.start_flows()
    body = order_body(real_now())
    know(shop, body)
    shop.wired.parts["flask"].testing = False
    crash.run(point, action, lambda: shop.webhook("orders/paid", body))
    assert shop.webhook("orders/paid", body).status_code == 200  # Shopify saw no 2xx and tries again
    shop.apply()
    shop.drain()
    assert len(shop.sink.delivered) == 1
    assert [row.state for row in shop.rows(select(WebhookInbox.state))] == [InboxState.APPLIED]


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("point", ["B1", "B2", "B3", "B4", "P1", "P2", "P3"])
def test_an_inbox_worker_that_dies_plans_once(shop, crash, point, action):
    shop.start_flows()
    node = copy.deepcopy(json.loads((SAMPLES / "node_order.json").read_text()))
    now = real_now().isoformat()
    node |= {
        "displayFinancialStatus": "PAID",
        "processedAt": now,
        "createdAt": now,
        "updatedAt": now,
        "cancelledAt": None,
    }
    node |= {"refunds": [], "fulfillments": [], "test": False}
    for line in node["lineItems"]["nodes"]:
        line["currentQuantity"] = line["quantity"]
    shop.wired.parts["admin"] = admin_that_knows(node)
    shop.webhook("orders/paid", order_body(real_now()))
    crash.run(point, action, shop.apply)
    shop.apply()
    shop.drain()
    assert len(shop.rows(select(Order.id))) == 1
    assert len(shop.rows(select(FollowUp.id))) == 1
    assert len(shop.sink.delivered) == 1


def test_a_webhook_that_was_applied_stays_applied_whatever_becomes_of_who_stood_still_amid_it(shop, crash):
    shop.start_flows()
    body = order_body(real_now())
    know(shop, body)
    shop.webhook("orders/paid", body)
    with shop.work() as session:
        session.execute(update(WebhookInbox).values(attempts=MAX_ATTEMPTS - 2))  # the next failure but one is the last
    crash.run("B3", "stop", shop.apply)
    assert shop.rows(select(WebhookInbox.state, WebhookInbox.reason)) == [(InboxState.APPLIED, None)]


def test_a_webhook_that_kills_whoever_applies_it_is_parked_and_those_behind_it_are_applied(shop, crash):
    body = order_body(real_now())
    know(shop, body)
    for number in range(3):
        shop.webhook("orders/updated", body, webhook_id=str(number))
    for _ in range(MAX_ATTEMPTS):
        crash.run("B3", "kill", shop.apply)
    for _ in range(2):  # rings
        shop.apply()
    rows = shop.rows(select(WebhookInbox.state, WebhookInbox.reason, WebhookInbox.attempts).order_by(WebhookInbox.id))
    assert [tuple(row) for row in rows] == [
        (InboxState.PARKED, "whoever applied it died, 5 times", MAX_ATTEMPTS + 1),
        (InboxState.APPLIED, None, 2),  # tried with it once, and never again
        (InboxState.APPLIED, None, 2),
    ]


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("point", ["C1", "K1", "K2", "K3", "K4", "K5", "K6", "K7", "C2", "K11"])
def test_a_sender_that_dies_before_or_after_the_open_window_sends_once(shop, crash, point, action):
    shop.start_flows()
    paid_order(shop)
    crash.run(point, action, shop.drain)
    shop.drain()
    assert len(shop.sink.delivered) == 1
    assert states(shop) == [MessageState.ACCEPTED]


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize(("point", "delivered"), [("K8", 0), ("K9", 1), ("K10", 1)])
def test_a_sender_that_dies_between_the_byte_and_the_answer_is_unknown_and_never_sends_again(
    shop, crash, point, delivered, action
):
    shop.start_flows()
    paid_order(shop)
    crash.run(point, action, shop.drain)
    shop.drain()
    went_on = action == "stop"  # and wrote the dot that was still to come: the answer was not waited for
    assert len(shop.sink.delivered) == (1 if went_on else delivered)
    assert states(shop) == [MessageState.UNKNOWN]
