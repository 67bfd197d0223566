"""Goods the buyer fetches: no carrier tells of them and no webhook's body has the word, and yet it is known in time."""

from unittest.mock import Mock

import pytest
from sqlalchemy import select, update

from app.flows.language.forms import flow_document
from app.flows.models import Flow, FollowUp
from app.flows.planning.publishing.save_flow import save_flow
from app.flows.planning.publishing.switch_flow import switch_on
from app.orders.models import OrderEvent
from app.orders.parcels import Fulfillment
from tests.admin.flow_documents import document, send
from tests.convergence.compare import compare
from tests.convergence.test_out_of_order import act, arrival, buy, kept, known

DOMAIN = "kiln-and-kettle.myshopify.com"


@pytest.fixture(scope="module")
def counter(both):
    """A shop that writes to those who fetch their goods: when these lie ready, and when they have them."""
    with both.work_in_shop(both.shop_id) as session:
        for trigger, topic in (("ready_for_pickup", "shipping"), ("picked_up", "order")):
            step = send(f"{trigger}_mail", topic=topic)
            told = document(step, on=trigger, key=trigger)
            save_flow(session, flow_document(told), by="user:7", move=False)
            switch_on(session, trigger, by="user:7")
        session.execute(update(Flow).values(include_from=both.now))
    both.move(minutes=5)
    return both


@pytest.fixture(autouse=True)
def nothing_on_the_way(counter):
    counter.move(minutes=1)
    counter.lose()


def handed(both, order):
    """Hand an order to the shop's own counter and let the app hear of it."""
    parcel = act(both, "POST", f"/orders/{order['id']}/fulfillments", tracked=False)
    both.hear("fulfillments/create", "orders/updated")
    return parcel


def show(both, parcel, status, **delta):
    both.move(**(delta or {"hours": 3}))
    act(both, "POST", f"/fulfillments/{parcel['id']}/pickup", status=status)
    return both.now


def told(both, order, *kinds):
    mine = select(OrderEvent).where(OrderEvent.order_id == kept(both, order).id, OrderEvent.kind.in_(kinds))
    return [(row.kind, row.happened_at) for (row,) in both.rows(mine.order_by(OrderEvent.id))]


def started(both, order):
    """The flows about pickups that took the order in, with what became of their mails."""
    query = select(FollowUp.step, FollowUp.reason).where(FollowUp.order_id == kept(both, order).id)
    return dict(both.rows(query.where(FollowUp.step.in_(["ready_for_pickup_mail", "picked_up_mail"]))))


def same_as_at_the_shop(both):
    both.reconcile(both.shop_id)
    found = compare(both.wired, both.shop_id, DOMAIN)
    assert found.differences == []


def test_a_pickup_is_known_at_once_though_its_webhook_has_no_word_for_it(counter):
    order = known(counter)
    parcel = handed(counter, order)
    picked_up = show(counter, parcel, "picked_up")
    counter.hear("fulfillments/update")
    assert arrival(counter, parcel) == (picked_up, "merchant")
    expected = [("picked_up", picked_up), ("delivered", picked_up)]
    counter.drain()
    query = select(FollowUp.reason).where(FollowUp.order_id == kept(counter, order).id, FollowUp.step == "delivered")
    assert counter.rows(query) == [("nothing_to_ship",)]  # who has it in hand is not told that it came
    assert told(counter, order, "picked_up", "delivered") == expected
    counter.hear("orders/updated")
    counter.move(hours=1)
    same_as_at_the_shop(counter)
    assert arrival(counter, parcel) == (picked_up, "merchant")
    assert told(counter, order, "picked_up", "delivered", "delivery_retracted") == expected


def test_the_review_is_asked_for_from_the_pickup_on_not_at_the_latest_day(counter):
    order = known(counter)
    parcel = handed(counter, order)
    query = select(FollowUp.due_at).where(
        FollowUp.order_id == kept(counter, order).id, FollowUp.step == "review_request"
    )
    ((latest,),) = counter.rows(query)
    picked_up = show(counter, parcel, "picked_up", days=1)
    counter.hear("fulfillments/update")
    ((due,),) = counter.rows(query)
    assert (due - picked_up).days < 15 < (latest - picked_up).days


def test_those_who_fetch_are_told_when_it_is_ready_and_thanked_when_they_have_it(counter):
    order = known(counter)
    parcel = handed(counter, order)
    show(counter, parcel, "ready_for_pickup")
    counter.hear("fulfillments/update")
    counter.drain()
    assert list(started(counter, order)) == ["ready_for_pickup_mail"]
    show(counter, parcel, "picked_up")
    counter.hear("fulfillments/update")
    counter.drain()
    assert started(counter, order) == {"ready_for_pickup_mail": None, "picked_up_mail": None}


def test_nobody_is_called_to_fetch_what_they_have(counter):
    order = known(counter)
    parcel = handed(counter, order)
    show(counter, parcel, "ready_for_pickup")
    counter.hear("fulfillments/update")
    show(counter, parcel, "picked_up", minutes=1)
    counter.hear("fulfillments/update")
    counter.drain()
    assert started(counter, order) == {"ready_for_pickup_mail": "overtaken", "picked_up_mail": None}


def test_a_pickup_taken_back_did_not_happen(counter):
    order = known(counter)
    parcel = handed(counter, order)
    show(counter, parcel, "picked_up")
    counter.hear("fulfillments/update")
    show(counter, parcel, "ready_for_pickup")
    counter.hear("fulfillments/update")
    assert arrival(counter, parcel) == (None, None)
    assert [kind for kind, _ in told(counter, order, "delivery_retracted")] == ["delivery_retracted"]
    again = show(counter, parcel, "picked_up")
    counter.hear("fulfillments/update")
    assert arrival(counter, parcel) == (again, "merchant")
    counter.lose()
    show(counter, parcel, "none")
    counter.hear("orders/updated")  # which says nothing of it, as it would of one that stands
    assert arrival(counter, parcel) == (None, None)
    same_as_at_the_shop(counter)


def test_a_body_without_the_word_unsays_nothing(counter):
    order = known(counter)
    parcel = handed(counter, order)
    picked_up = show(counter, parcel, "picked_up")
    counter.lose()
    counter.reconcile(counter.shop_id)
    assert arrival(counter, parcel) == (picked_up, "merchant")
    show(counter, parcel, "picked_up", days=2)  # pressed again, or anything else that changes the fulfilment
    counter.hear("orders/updated", "fulfillments/update")
    assert arrival(counter, parcel) == (picked_up, "merchant")
    same_as_at_the_shop(counter)


def test_what_was_told_out_of_order_ends_as_it_happened(counter):
    order = known(counter)
    parcel = handed(counter, order)
    ready = show(counter, parcel, "ready_for_pickup")
    picked_up = show(counter, parcel, "picked_up")
    counter.hear("orders/updated", "fulfillments/update")
    query = select(Fulfillment.ready_for_pickup_at, Fulfillment.picked_up_at)
    assert counter.rows(query.where(Fulfillment.shopify_id == parcel["id"])) == [(ready, picked_up)]
    assert sorted(told(counter, order, "ready_for_pickup", "picked_up")) == [
        ("picked_up", picked_up),
        ("ready_for_pickup", ready),
    ]


def test_nobody_is_told_that_what_waits_for_them_is_on_its_way(counter):
    order = buy(counter)
    counter.deliver()
    counter.apply()
    parcel = act(counter, "POST", f"/orders/{order['id']}/fulfillments", tracked=False)
    act(counter, "POST", f"/fulfillments/{parcel['id']}/pickup", status="ready_for_pickup")
    counter.hear("fulfillments/create")
    counter.move(hours=1)
    counter.drain()
    query = select(FollowUp.reason).where(FollowUp.order_id == kept(counter, order).id, FollowUp.step == "shipped")
    assert [reason for (reason,) in counter.rows(query)] == ["overtaken"]


def test_a_parcel_at_the_counter_is_never_late_nor_said_to_have_come(counter):
    order = known(counter)
    parcel = handed(counter, order)
    show(counter, parcel, "ready_for_pickup")
    counter.hear("fulfillments/update")
    query = select(Fulfillment.late_at, Fulfillment.expected_to, Fulfillment.inferred_at)
    assert counter.rows(query.where(Fulfillment.shopify_id == parcel["id"])) == [(None, None, None)]


def test_a_file_and_a_parcel_with_a_number_lead_to_no_question(counter, monkeypatch):
    asked = Mock()
    monkeypatch.setattr("app.orders.topics.fetch.ask_for_order", asked)
    order = known(counter, lines=[{"variant": "brewing-course"}])
    act(counter, "POST", f"/orders/{order['id']}/fulfillments", tracked=False)
    counter.hear("fulfillments/create")
    act(counter, "POST", f"/orders/{known(counter)['id']}/fulfillments")
    counter.hear("fulfillments/create")
    asked.assert_not_called()


def test_an_order_of_the_counter_stands_as_it_did_when_it_is_asked_of_the_past(counter):
    order = known(counter)
    parcel = handed(counter, order)
    picked_up = show(counter, parcel, "picked_up")
    counter.hear("fulfillments/update")
    mine = kept(counter, order).id
    query = select(OrderEvent.changed).where(OrderEvent.order_id == mine, OrderEvent.kind == "known")
    last = counter.rows(query.order_by(OrderEvent.subject_id))[-1][0]
    (of_parcel,) = (values for key, values in last.items() if key.startswith("parcel."))
    assert of_parcel["picked_up_at"] == picked_up.isoformat()
    assert of_parcel["delivered_source"] == "merchant"


def test_a_merchant_presses_it_on_the_orders_own_page(counter):
    order = known(counter)
    parcel = handed(counter, order)
    where = f"/admin/kiln-and-kettle/orders/{order['id']}"
    assert all(f'value="{status}"' in counter.store.get(where).text for status in ("ready_for_pickup", "picked_up"))
    counter.move(hours=1)
    pressed = counter.store.post(f"{where}/pickup", data={"parcel": parcel["id"], "status": "picked_up"})
    assert pressed.status_code == 303
    counter.hear("fulfillments/update")
    assert arrival(counter, parcel) == (counter.now, "merchant")
