"""Webhooks whose fields were garbled on the way: what they cannot mean changes nothing, what they can is kept."""

import json

import pytest
from sqlalchemy import select

from app.customers.models import Customer
from devstore.state.engine import unit_of_work as in_store
from devstore.state.plumbing import WebhookDelivery
from tests.convergence.test_out_of_order import act, kept, known

NO_ADDRESSES = ["x" * 3000, "nobody", "two@signs@example.com", "a b@example.com", f"{'x' * 250}@example.com"]


def garble(both, **values):
    """Change fields of all that is on the way."""
    with in_store(announce=False) as session:
        for row in session.scalars(select(WebhookDelivery).where(WebhookDelivery.state == "waiting")):
            row.payload = json.dumps(json.loads(row.payload) | values).encode()


@pytest.mark.parametrize("words", NO_ADDRESSES)
def test_what_is_no_address_does_not_take_a_known_one_away(both, words):
    both.lose()
    order = known(both)
    both.drain()
    said = len(both.sink())
    both.move(minutes=1)
    act(both, "POST", f"/orders/{order['id']}/fulfillments")
    act(both, "PATCH", f"/customers/{order['customer']['id']}", first_name="Jo")
    garble(both, email=words)
    both.deliver()
    both.apply()
    assert kept(both, order).email == order["email"]
    assert both.rows(select(Customer.email, Customer.first_name).where(Customer.email == order["email"])) == [
        (order["email"], "Jo")
    ]
    both.drain()
    assert {to for mail in both.sink()[said:] for to in mail["to"]} == {order["email"]}
