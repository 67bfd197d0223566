"""What the tests about people do: buy, be mailed, merge, stop; and hear what is on the way in any order."""

import json
from itertools import count

from sqlalchemy import select

from app.customers.consent import standing
from app.customers.models import Customer
from app.flows.models import FollowUp
from app.messages.models import Message
from app.messages.signed.links import Purpose, path
from app.orders.models import Order
from devstore.config import settings
from devstore.state.engine import unit_of_work
from devstore.state.models import WebhookDelivery
from devstore.webhooks.deliver import headers
from tests.convergence.player import PLACES
from tests.convergence.shops import DOMAIN
from tests.fuzz.senders import headers as signed

NUMBERS = count(1)
GB = {**PLACES["GB"], "zip": "BS1 6QH", "city": "Bristol"}


def act(both, path_, method="POST", **body):
    answer = both.store.open(f"/api{path_}", method=method, json=body or None)
    assert 200 <= answer.status_code < 300, answer.text
    return answer.json


def buys(both, name, *, product="harbour-kettle", consent="not_subscribed", email=None, hear=True):
    """Somebody buys one thing; return (customer id, order id)."""
    email = email or f"{name}{next(NUMBERS)}@example.com"
    person = {"email": email, "first_name": name.title(), "last_name": "Weber", "address": GB, "consent": consent}
    order = act(both, "/orders", customer=person, lines=[{"variant": product}])
    if hear:
        hear_all(both)
    return order["customer"]["id"], order["id"]


def hear_all(both):
    both.deliver()
    both.apply()


def arrives(both, order):
    parcel = act(both, f"/orders/{order}/fulfillments")
    both.move(hours=20)
    act(both, f"/fulfillments/{parcel['id']}/events", status="delivered")
    hear_all(both)


def merge(both, gone, kept):
    both.move(minutes=1)
    act(both, f"/customers/{gone}/merge", into=str(kept))


def unsubscribes(both, order):
    """Press the one click of a mail about an order."""
    ((shop, public_id),) = both.rows(
        select(Message.shop_id, Message.public_id)
        .join(Order, Order.id == Message.order_id)
        .where(Order.shopify_id == order)
        .order_by(Message.id.desc())
        .limit(1)
    )
    link = path(both.wired.config, Purpose.UNSUBSCRIBE, shop, public_id)
    assert both.app.post(link, data={"List-Unsubscribe": "One-Click"}).status_code == 200


def row(both, shopify_id):
    ((found,),) = both.rows(select(Customer).where(Customer.shopify_id == shopify_id))
    return found


def holds(both, shopify_id):
    with both.work_in_shop(both.shop_id) as session:
        return standing(session, [row(both, shopify_id).id])[row(both, shopify_id).id].state


def buyers(both, *orders):
    """Shopify's ids of who the orders belong to here."""
    query = (
        select(Customer.shopify_id).join(Order, Order.customer_id == Customer.id).where(Order.shopify_id.in_(orders))
    )
    return {one for (one,) in both.rows(query)}


def asks(both, *orders):
    """(state, reason) of the review requests of these orders, in the order they are due."""
    query = select(FollowUp.state, FollowUp.reason).join(Order, Order.id == FollowUp.order_id)
    found = both.rows(
        query.where(Order.shopify_id.in_(orders), FollowUp.step == "review_request").order_by(FollowUp.due_at)
    )
    return [(state.value, reason) for state, reason in found]


def live_through(both):
    """Let the days pass in which the review request is due."""
    for hours in (6 * 24, *[6] * 8):
        both.move(hours=hours)
        hear_all(both)
        both.drain()


def tell(both, topic, body):
    raw = json.dumps(body).encode()
    assert both.app.post("/webhooks", data=raw, headers=signed(topic, DOMAIN, raw)).status_code == 200
    both.apply()


def deliver_one(both, number):
    """Deliver one webhook under an id of its own, so that a second one of it is not left at the door."""
    with unit_of_work(announce=False) as session:
        one = session.get_one(WebhookDelivery, number)
        told = headers(one, settings().api_secret) | {"X-Shopify-Webhook-Id": f"{number}-{next(NUMBERS)}"}
        assert both.app.post("/webhooks", data=one.payload, headers=told).status_code == 200


def waiting_deliveries():
    with unit_of_work(announce=False) as session:
        rows = session.scalars(
            select(WebhookDelivery).where(WebhookDelivery.state == "waiting").order_by(WebhookDelivery.id)
        )
        return [row.id for row in rows]
