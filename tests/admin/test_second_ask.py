"""A second ask follows "no review" alone: no open, no click and no machine says whether it goes."""

import pytest
from sqlalchemy import select, update

from app.flows.planning.runs import look
from app.flows.rules.reasons import Reason
from app.flows.sending.drain import drain
from app.messages.models import Message
from app.orders.models import Order, OrderLine
from tests.admin.flow_documents import running, send, wait
from tests.admin_people import stories

ASK = {
    "template": "review_request", "topic": "review_ask", "message_class": "review_ask", "anchor": "previous_step",
    "arrival": "likely", "fallback_days": 20, "max_age_days": 30, "goal": "The next buyer reads it.",
}  # fmt: skip
REVIEWED = {"fact": "reviewed", "op": "is", "value": True}
APART = 31  # days: the same words again sooner are nobody's wish


def asked_once(merchant, serve):
    """Ask the buyer of a kettle that has arrived, in a flow that asks again where nobody answered."""
    sink = serve()
    fork = {"type": "branch", "key": "answered", "if": REVIEWED, "then": [], "else": [send("second", **ASK)]}
    running(merchant, send("first", **ASK | {"anchor": "delivered", "delay_days": 3}), wait("apart", APART), fork)
    merchant.pass_time(minutes=1)
    order = merchant.order("Ana", placed=3, sent=2, arrived=0)
    later(merchant, 3, minutes=10)
    assert len(sink.delivered) == 1
    return order, sink


def later(merchant, days, minutes=0):
    merchant.pass_time(days=days, minutes=minutes)
    for _ in range(2):
        look.run_due(merchant.wired)
        drain(merchant.wired)


def message(merchant):
    with merchant.work() as session:
        return session.scalars(select(Message.id).order_by(Message.id)).first()


@pytest.mark.parametrize("heard", [None, "open", "click", "machine"])
def test_without_a_review_it_goes_whatever_was_opened(merchant, serve, heard):
    order, sink = asked_once(merchant, serve)
    if heard is not None:
        kind = "open" if heard == "open" else "click"
        stories.opens(merchant, message(merchant), "machine" if heard == "machine" else "human", kind=kind)
    later(merchant, APART, minutes=30)
    assert len(sink.delivered) == 2
    assert stories.row_of(merchant, order, "second").outcome == "handed_over"
    later(merchant, APART)
    assert len(sink.delivered) == 2


def test_a_review_of_any_kind_is_the_answer(merchant, serve):
    order, sink = asked_once(merchant, serve)
    stories.reviews(merchant, order, 1, "Leaks.")
    later(merchant, APART, minutes=30)
    assert len(sink.delivered) == 1
    assert ("#1401", "second") not in merchant.plans()


@pytest.mark.parametrize(
    ("change", "reason"),
    [({"financial_status": "refunded"}, Reason.ORDER_REFUNDED), ({"email": "gone@example.com"}, Reason.HARD_BOUNCE)],
)
def test_what_stops_a_first_ask_stops_the_second(merchant, serve, change, reason):
    order, sink = asked_once(merchant, serve)
    with merchant.work() as session:
        session.execute(update(Order).where(Order.id == order).values(**change))
    if reason is Reason.HARD_BOUNCE:
        stories.bounces(merchant, order)
    later(merchant, APART, minutes=30)
    assert len(sink.delivered) == 1
    assert stories.row_of(merchant, order, "second").reason == reason


def test_another_order_of_the_same_thing_is_still_asked_about_once_a_year(merchant, serve):
    order, sink = asked_once(merchant, serve)
    stories.reviews(merchant, order, 5, "Fine.")
    with merchant.work() as session:
        first = session.get_one(Order, (merchant.id, order))
        person, address = first.customer_id, first.email
    again = merchant.order("Ana", placed=3, sent=2, arrived=0, customer_id=person, email=address)
    with merchant.work() as session:
        session.execute(update(OrderLine).where(OrderLine.order_id == again).values(product_shopify_id=7001))
    later(merchant, 3, minutes=90)
    assert len(sink.delivered) == 1
    assert stories.row_of(merchant, again, "first").reason == Reason.ASKED_LATELY
