"""What is asked of a shop and told to it: a process dies or stands still between the answer and its keeping."""

from itertools import count

import pytest
from sqlalchemy import func, select

from app.customers.push_consent import let_push
from app.flows.models import Enrollment
from app.flows.syncing import sync
from app.messages.models import Message
from app.orders.models import Order
from app.shopify.asking import outgoing
from app.shopify.models import CallState, OutgoingCall, SyncCursor
from devstore.platform.announce import grant
from devstore.state import engine as store_engine
from devstore.state.models import Customer as AtShopify
from devstore.world.find import find_shop
from tests.convergence.conftest import both
from tests.convergence.persons import (
    arrives,
    asks,
    buyers,
    buys,
    hear_all,
    holds,
    live_through,
    merge,
    row,
    unsubscribes,
)
from tests.convergence.shops import SHOP

__all__ = ["both"]

ACTIONS = ("kill", "raise", "hang", "stop")
ORDERS_PAGE = 6  # of a pass: after the shop, products, what is in collections twice, and customers
NUMBERS = count(1)


@pytest.fixture
def wired(both):
    both.move(minutes=1)
    both.lose()
    return both.wired


@pytest.fixture
def crash(crash, both):
    crash.others = (store_engine.engine(),)
    return crash


def of_orders(both, column, *orders):
    """What stands in a column of rows of these orders."""
    found = both.rows(
        select(column).join(Order, Order.id == column.class_.order_id).where(Order.shopify_id.in_(orders))
    )
    return [one for (one,) in found]


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize(("point", "at_hit"), [("R1", 1), ("R2", ORDERS_PAGE), ("R3", ORDERS_PAGE)])
def test_a_pass_that_dies_is_gone_on_with_and_what_it_found_is_said_once(both, crash, point, at_hit, action):
    _, order = buys(both, f"pass{next(NUMBERS)}", hear=False)
    both.lose()
    both.move(minutes=16)
    crash.run(point, action, lambda: sync.run_due(both.wired), at_hit=at_hit)
    both.move(minutes=6)
    sync.run_due(both.wired)
    both.drain()
    assert both.rows(select(func.count(Order.id)).where(Order.shopify_id == order)) == [(1,)]
    assert len(of_orders(both, Message.public_id, order)) == 1
    sent = [line["message_id"] for line in both.sink()]
    assert len([each for each in sent if of_orders(both, Message.public_id, order)[0] in each]) == 1
    ((cursor,),) = both.rows(select(SyncCursor).where(SyncCursor.shop_id == both.shop_id))
    assert (cursor.stage, cursor.pass_started_at, cursor.lease_until) == ("shop", None, None)


def test_who_stood_still_while_another_ended_the_pass_begins_none_of_their_own(both, crash):
    both.move(minutes=16)
    ended_at = both.now

    def another():
        sync.run_due(both.wired)
        both.move(minutes=1)

    crash.run("R3", "stop", lambda: sync.run_due(both.wired), another, at_hit=ORDERS_PAGE)
    ((cursor,),) = both.rows(select(SyncCursor).where(SyncCursor.shop_id == both.shop_id))
    assert (cursor.finished_at, cursor.pass_started_at) == (ended_at, None)


@pytest.fixture(scope="module")
def told(both):
    """Let unsubscribes be written to Shopify."""
    with store_engine.unit_of_work() as session:
        grant(session, find_shop(session, SHOP), ["write_customers"])
    hear_all(both)
    with both.work_in_shop(both.shop_id) as session:
        let_push(session, allowed=True, by="merchant")


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("point", ["O1", "O2", "O3", "O4"])
def test_a_stop_is_told_to_the_shop_by_whoever_is_left(both, told, crash, point, action):
    ana, order = buys(both, f"stop{next(NUMBERS)}", consent="subscribed")
    both.drain()
    both.reconcile(both.shop_id)
    unsubscribes(both, order)
    both.lose()
    crash.run(point, action, lambda: outgoing.run_due(both.wired))
    crash.time_passes()
    outgoing.run_due(both.wired)
    with store_engine.unit_of_work(announce=False) as session:
        assert session.get_one(AtShopify, ana).email_consent == "unsubscribed"
    call = select(OutgoingCall.state, OutgoingCall.reason, OutgoingCall.lease_until)
    assert both.rows(call.where(OutgoingCall.natural_key == f"email_consent:{ana}")) == [(CallState.DONE, None, None)]
    hear_all(both)
    assert holds(both, ana) == "unsubscribed"
    assert outgoing.run_due(both.wired) == 0, "the echo of our own word is not answered"


@pytest.mark.parametrize("action", ACTIONS)
def test_two_who_turn_out_to_be_one_are_joined_whole(both, crash, action):
    name = f"twin{next(NUMBERS)}"
    ana, first = buys(both, name)
    anna, second = buys(both, name)
    arrives(both, first)
    arrives(both, second)
    merge(both, ana, anna)
    both.deliver("customers/merge")
    crash.run("M1", action, both.apply)
    both.apply()
    assert row(both, ana).merged_into == row(both, anna).id
    assert buyers(both, first, second) == {anna}
    assert set(of_orders(both, Enrollment.customer_id, first, second)) == {row(both, anna).id}
    live_through(both)
    assert sorted(asks(both, first, second), key=str) == [("done", "merged"), ("done", None)]
    asked = select(Message.public_id).join(Order, Order.id == Message.order_id)
    wanted = asked.where(Order.shopify_id.in_([first, second]), Message.step == "review_request")
    ids = [one for (one,) in both.rows(wanted)]
    assert len([line for line in both.sink() if any(one in line["message_id"] for one in ids)]) == 1
