"""Webhooks that overtake each other, come late, or never: what is kept in the end is what is true at the shop."""

from datetime import timedelta
from itertools import count

import pytest
from sqlalchemy import select

from app.catalog.models import Product
from app.customers.models import Customer
from app.flows.models import FollowUp, FollowUpState
from app.flows.rules.reasons import Reason
from app.messages.models import Message, MessageState
from app.orders.models import Order, OrderEvent
from app.orders.parcels import Fulfillment
from devstore.state.engine import unit_of_work
from devstore.state.models import Order as TrueOrder
from tests.convergence.player import PLACES

NUMBERS = count(1)


@pytest.fixture(autouse=True)
def nothing_on_the_way(both):
    both.move(minutes=1)
    both.lose()


def buy(both, *handles, **more):
    """Place a paid order of somebody new and return its body."""
    person = {"email": f"early{next(NUMBERS)}@example.com", "first_name": "Ana", "last_name": "Weber"}
    person["address"] = {**PLACES["GB"], "zip": "BS1 6QH", "city": "Bristol"}
    lines = [{"variant": handle} for handle in handles or ["harbour-kettle"]]
    made = both.store.post("/api/orders", json={"customer": person, "lines": lines, "note": "Ring twice"} | more)
    assert made.status_code == 201, made.text
    return made.json


def known(both, **more):
    """Place an order the app knows all about; return its body."""
    order = buy(both, **more)
    both.reconcile(both.shop_id)
    both.lose()
    return order


def act(both, method, path, **body):
    answer = both.store.open(f"/api{path}", method=method, json=body)
    assert 200 <= answer.status_code < 300, answer.text
    return answer.json


def ship(both, order):
    return act(both, "POST", f"/orders/{order['id']}/fulfillments")


def kept(both, order):
    return both.rows(select(Order).where(Order.shopify_id == order["id"]))[0][0]


def mail_of(row, state):
    return Message(
        shop_id=row.shop_id, follow_up_id=row.id, public_id=f"early{row.id}", step=row.step, state=state,
        message_class="transactional", recipient="a@example.com", locale="en", created_at=row.due_at,
    )  # fmt: skip


def arrival(both, parcel):
    query = select(Fulfillment.delivered_at, Fulfillment.delivered_source)
    return tuple(both.rows(query.where(Fulfillment.shopify_id == parcel["id"]))[0])


def test_a_payment_told_before_its_order_of_the_same_second_stays_paid(both):
    order = buy(both)
    both.hear("orders/paid", "orders/create", "orders/updated")
    assert kept(both, order).financial_status == "paid"
    told = both.rows(select(OrderEvent.kind).where(OrderEvent.order_id == kept(both, order).id))
    assert sorted(kind for (kind,) in told) == ["known", "paid", "placed"]


def test_two_states_of_a_parcel_in_one_second_end_in_the_later_one(both):
    parcel = ship(both, known(both))
    act(both, "POST", f"/fulfillments/{parcel['id']}/events", status="in_transit")
    both.hear("fulfillments/update", "fulfillments/create")
    query = select(Fulfillment.shipment_status).where(Fulfillment.shopify_id == parcel["id"])
    assert both.rows(query) == [("in_transit",)]


def test_a_scan_taken_back_before_anybody_heard_of_its_parcel_stays_away(both):
    parcel = ship(both, known(both))
    both.move(hours=1)
    scan = act(both, "POST", f"/fulfillments/{parcel['id']}/events", status="delivered")
    both.move(hours=1)
    act(both, "DELETE", f"/events/{scan['id']}")
    both.hear("fulfillment_events/delete", "fulfillment_events/create")
    assert arrival(both, parcel) == (None, None)


def test_a_scan_that_was_gone_when_we_looked_does_not_come_back_with_its_late_webhook(both):
    parcel = ship(both, known(both))
    both.move(hours=1)
    scan = act(both, "POST", f"/fulfillments/{parcel['id']}/events", status="delivered")
    both.move(hours=1)
    act(both, "DELETE", f"/events/{scan['id']}")
    both.lose("fulfillment_events/delete")
    both.reconcile(both.shop_id)
    both.hear("fulfillment_events/create")
    assert arrival(both, parcel) == (None, None)


def test_an_arrival_told_by_the_scan_alone_is_known_at_once(both):
    order = known(both)
    parcel = ship(both, order)
    both.hear("fulfillments/create")
    both.move(hours=20)
    act(both, "POST", f"/fulfillments/{parcel['id']}/events", status="delivered")
    both.hear("fulfillment_events/create")
    assert arrival(both, parcel) == (both.now, "carrier_event")


def test_what_never_travels_is_called_so_whichever_way_it_is_told(both):
    order = known(both, lines=[{"variant": "brewing-course"}])
    both.move(minutes=1)
    act(both, "POST", f"/orders/{order['id']}/edit", add=[{"variant": "brewing-course"}])
    both.hear("orders/updated")
    assert kept(both, order).fulfillment_status == "not_required"


def test_an_erased_person_does_not_come_back_with_the_next_change_of_their_order(both):
    order = known(both)
    act(both, "POST", f"/customers/{order['customer']['id']}/redact")
    both.hear("customers/redact")
    both.move(minutes=1)
    ship(both, order)
    both.hear("orders/updated")
    both.reconcile(both.shop_id)
    row = kept(both, order)
    assert (row.email, row.zip, row.province, row.recipient_name, row.note) == (None,) * 5
    assert row.country == "GB"  # stays, for counting


def test_nor_does_one_the_shop_itself_has_deleted(both):
    order = known(both)
    act(both, "DELETE", f"/customers/{order['customer']['id']}")
    both.hear("customers/delete")
    both.move(minutes=1)
    ship(both, order)
    both.hear("orders/updated")
    assert kept(both, order).email is None


def test_a_person_deleted_unheard_is_missed_where_something_pending_rests_on_them(both):
    order = known(both)
    ship(both, order)
    both.reconcile(both.shop_id)
    both.lose()
    act(both, "DELETE", f"/customers/{order['customer']['id']}")
    both.lose()
    both.move(hours=1)
    both.reconcile(both.shop_id)
    gone = select(Customer.erased_at, Customer.email).where(Customer.shopify_id == order["customer"]["id"])
    assert both.rows(gone) == [(both.now, None)]
    states = both.rows(select(FollowUp.state, FollowUp.reason).where(FollowUp.order_id == kept(both, order).id))
    assert {(state.value, reason) for state, reason in states} == {("done", "erased")}


@pytest.mark.parametrize(
    ("reason", "mail", "is_missed"),
    [
        (Reason.STALE, None, True),
        (Reason.SKIPPED_BY_MERCHANT, None, True),
        (None, MessageState.UNKNOWN, True),
        (None, MessageState.ACCEPTED, False),
        (Reason.ORDER_CANCELLED, None, False),
    ],
)
def test_so_are_they_where_somebody_at_the_shop_may_bring_back_what_has_ended(both, reason, mail, is_missed):
    order = known(both)
    with both.work_in_shop(both.shop_id) as session:
        (row,) = session.scalars(select(FollowUp).where(FollowUp.order_id == kept(both, order).id))
        row.state, row.outcome, row.reason = FollowUpState.DONE, "skipped" if reason else "handed_over", reason
        if mail is not None:
            session.add(mail_of(row, mail))
    act(both, "DELETE", f"/customers/{order['customer']['id']}")
    both.lose()
    both.move(hours=1)
    both.reconcile(both.shop_id)
    gone = select(Customer.erased_at).where(Customer.shopify_id == order["customer"]["id"])
    assert both.rows(gone) == [(both.now if is_missed else None,)]


def test_a_product_deleted_unheard_is_missed_where_something_pending_rests_on_it(both):
    made = act(both, "POST", "/products", title=f"Saucer {next(NUMBERS)}", price="7.00")
    order = known(both, lines=[{"variant": made["variants"][0]["id"]}])
    ship(both, order)
    both.reconcile(both.shop_id)
    act(both, "DELETE", f"/products/{made['id']}")
    both.lose()
    both.move(hours=1)
    both.reconcile(both.shop_id)
    assert both.rows(select(Product.deleted_at).where(Product.shopify_id == made["id"])) == [(both.now,)]


def test_an_order_that_went_out_of_reach_is_not_taken_for_deleted(both):
    order = known(both)
    ship(both, order)
    both.reconcile(both.shop_id)
    with unit_of_work(announce=False) as session:
        row = session.get_one(TrueOrder, order["id"])
        row.created_at = row.processed_at = both.now - timedelta(days=61)
        row.updated_at = both.now + timedelta(minutes=1)
    both.move(minutes=2)
    with both.work_in_shop(both.shop_id) as session:
        mine = session.get_one(Order, (both.shop_id, kept(both, order).id))
        mine.placed_at = both.now - timedelta(days=61)
    both.reconcile(both.shop_id)
    assert kept(both, order).deleted_at is None


def test_two_changes_of_a_product_in_one_second_end_in_the_later_one(both):
    made = act(both, "POST", "/products", title=f"Cup {next(NUMBERS)}", price="7.00")
    both.hear("products/create")
    both.move(minutes=1)
    act(both, "PATCH", f"/products/{made['id']}", title="First")
    act(both, "PATCH", f"/products/{made['id']}", title="Second")
    both.reconcile(both.shop_id)
    both.hear("products/update")
    assert both.rows(select(Product.title).where(Product.shopify_id == made["id"])) == [("Second",)]
