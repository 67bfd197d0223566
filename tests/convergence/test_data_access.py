"""Shopify has not opened customer data to the app: nothing is sent, nothing is lost, and all goes on once it has."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from app.customers.models import Customer
from app.flows.models import FollowUp
from app.flows.planning.changed.come_back import WITHIN, turns
from app.flows.syncing import sync
from app.orders.models import Order
from app.shops.models import ShopProfile
from devstore.state.engine import unit_of_work
from devstore.state.models import Order as TrueOrder
from tests.convergence.shops import DOMAIN, SHOP
from tests.convergence.side_by_side import BEGINNING, side_by_side
from tests.convergence.test_out_of_order import act, buy

WHOLE, NO_CONTACT, NOTHING = 2, 1, 0


@pytest.fixture
def unapproved(cluster, redis_url, migrated, tmp_path):
    """Both programs; Shopify has approved the app for data about customers without name and contact."""
    with side_by_side(cluster, redis_url, tmp_path, migrated) as both:
        approve(both, NO_CONTACT)
        both.shop_id = both.install(SHOP)
        yield both


def approve(both, level):
    act(both, "POST", f"/shops/{SHOP}/data-access", level=level)


def bought(both, **more):
    """Place an order and let the app hear of it."""
    order = buy(both, **more)
    settle(both)
    return order


def settle(both):
    both.deliver()
    both.apply()
    both.drain()


def next_pass(both):
    both.move(minutes=16)
    return sync.run_due(both.wired)


def plan(both, order):
    """Return (step, state, reason) of what is planned for an order."""
    query = select(FollowUp.step, FollowUp.state, FollowUp.reason).join(Order, Order.id == FollowUp.order_id)
    return {
        (step, str(state), reason) for step, state, reason in both.rows(query.where(Order.shopify_id == order["id"]))
    }


def access(both):
    return both.rows(select(ShopProfile.data_access, ShopProfile.data_access_changed_at))[0]


def withheld(both, order):
    return both.rows(select(Order.email_withheld).where(Order.shopify_id == order["id"]))[0][0]


def why(both, order):
    runner = both.wired.parts["flask"].test_cli_runner()
    return runner.invoke(args=["why", "--shop", DOMAIN, "--order", order["name"]]).output


def recipients(both):
    return [each for mail in both.sink() for each in mail["to"]]


def test_what_is_bought_before_approval_is_held_and_goes_once_it_is_there(unapproved):
    order = bought(unapproved)
    assert plan(unapproved, order) == {("thank_you", "held", "awaiting_data_access")}
    assert access(unapproved)[0] is False
    assert unapproved.sink() == []
    assert "Shopify has not opened customer data to this app yet." in why(unapproved, order)
    next_pass(unapproved)
    settle(unapproved)
    assert plan(unapproved, order) == {("thank_you", "held", "awaiting_data_access")}, "nothing has changed yet"

    approve(unapproved, WHOLE)
    next_pass(unapproved)
    assert access(unapproved) == (True, unapproved.now)
    unapproved.drain()
    assert recipients(unapproved) == [order["email"]]
    assert plan(unapproved, order) == {("thank_you", "done", None)}


def test_a_webhook_without_an_address_does_not_say_that_there_is_none(unapproved):
    order = bought(unapproved)
    unapproved.move(minutes=1)
    act(unapproved, "POST", f"/orders/{order['id']}/fulfillments")
    unapproved.hear("orders/updated")
    assert withheld(unapproved, order)


def test_what_waited_longer_than_it_was_worth_is_left_out_with_its_reason(unapproved):
    old = bought(unapproved)
    unapproved.move(days=1, hours=23)
    new = bought(unapproved)
    unapproved.move(hours=2)
    approve(unapproved, WHOLE)
    sync.run_due(unapproved.wired)
    unapproved.move(minutes=1)
    unapproved.drain()
    assert plan(unapproved, old) == {("thank_you", "done", "stale")}
    assert recipients(unapproved) == [new["email"]]


def test_many_that_waited_do_not_leave_in_the_same_second(unapproved):
    orders = [bought(unapproved) for _ in range(3)]
    approve(unapproved, WHOLE)
    next_pass(unapproved)
    left = []
    for _ in orders:
        unapproved.drain()
        left.append(len(unapproved.sink()))
        unapproved.move(seconds=2)
    assert left == [1, 2, 3]


def test_an_order_without_an_address_is_not_waited_for(fresh):
    at_the_till = buy(fresh)
    fresh.lose()
    with unit_of_work() as session:
        nobody = {"email": None, "customer_id": None}
        session.execute(update(TrueOrder).where(TrueOrder.id == at_the_till["id"]).values(nobody))
    fresh.reconcile(fresh.shop_id)
    fresh.drain()
    assert not withheld(fresh, at_the_till)
    assert plan(fresh, at_the_till) == {("thank_you", "done", "no_address")}
    assert access(fresh) == (True, None)


def test_an_app_approved_for_nothing_says_so_and_reads_all_once_it_may(cluster, redis_url, migrated, tmp_path):
    with side_by_side(cluster, redis_url, tmp_path, migrated) as both:
        approve(both, NOTHING)
        both.shop_id = both.open_app(SHOP)
        both.reconcile(both.shop_id)
        assert access(both)[0] is False
        order = buy(both)
        settle(both)
        assert both.rows(select(Order.id)) == []
        approve(both, WHOLE)
        next_pass(both)
        assert access(both)[0] is True
        assert not withheld(both, order)


def test_approval_that_is_taken_back_deletes_nothing_and_sends_nothing(fresh):
    order = bought(fresh)
    assert recipients(fresh) == [order["email"]]
    parcel = act(fresh, "POST", f"/orders/{order['id']}/fulfillments")
    settle(fresh)
    sent = len(fresh.sink())
    approve(fresh, NOTHING)
    next_pass(fresh)
    act(fresh, "POST", f"/fulfillments/{parcel['id']}/events", status="delivered")
    fresh.move(days=4, hours=6)
    settle(fresh)
    assert access(fresh)[0] is False
    assert len(fresh.sink()) == sent
    assert fresh.rows(select(Order.deleted_at)) == [(None,)]

    approve(fresh, WHOLE)
    next_pass(fresh)
    fresh.drain()
    assert len(fresh.sink()) == sent + 1  # the product help; that the parcel has arrived is no news any more
    assert set(recipients(fresh)) == {order["email"]}


def test_who_somebody_is_comes_back_with_the_approval(fresh):
    order = bought(fresh)
    person = select(Customer.email, Customer.first_name).where(Customer.shopify_id == order["customer"]["id"])
    before = fresh.rows(person)
    approve(fresh, NO_CONTACT)
    fresh.move(minutes=1)
    act(fresh, "PATCH", f"/customers/{order['customer']['id']}", phone="+44 20 7946 0000")
    settle(fresh)
    next_pass(fresh)
    assert access(fresh)[0] is False
    fresh.move(days=2)
    approve(fresh, WHOLE)
    next_pass(fresh)
    assert fresh.rows(person) == before
    assert not withheld(fresh, order)


@given(st.lists(st.timedeltas(timedelta(seconds=1), timedelta(days=21)), max_size=2000))
def test_everybody_has_a_turn_before_it_is_too_late(left):
    ends = sorted(BEGINNING + each for each in left)
    made = turns(ends, BEGINNING)
    assert all(BEGINNING <= turn < end for turn, end in zip(made, ends, strict=True))
    assert all(turn - BEGINNING <= WITHIN for turn in made)
    assert made == sorted(made)
