"""Consent on both sides: what is said at Shopify and here ends equal, and the stricter of one second holds."""

import random

import pytest
from sqlalchemy import func, select

from app.customers.models import ConsentEntry
from app.customers.push_consent import let_push
from app.shopify.asking import outgoing
from app.shopify.models import CallState, OutgoingCall
from devstore.platform.announce import grant, revoke
from devstore.state.engine import unit_of_work
from devstore.state.models import Customer as AtShopify
from devstore.world.find import find_shop
from tests.convergence.persons import (
    act,
    arrives,
    buys,
    deliver_one,
    hear_all,
    holds,
    row,
    unsubscribes,
    waiting_deliveries,
)
from tests.convergence.shops import SHOP


@pytest.fixture(autouse=True)
def nothing_on_the_way(both):
    both.move(minutes=1)
    both.lose()


@pytest.fixture(scope="module")
def told(both):
    """Let unsubscribes be written to Shopify."""
    with unit_of_work() as session:
        grant(session, find_shop(session, SHOP), ["write_customers"])
    hear_all(both)
    with both.work_in_shop(both.shop_id) as session:
        let_push(session, allowed=True, by="merchant")


def at_shopify(shopify_id):
    with unit_of_work(announce=False) as session:
        return session.get_one(AtShopify, shopify_id).email_consent


def statements(both, shopify_id):
    query = select(ConsentEntry.state, ConsentEntry.source).where(ConsentEntry.customer_id == row(both, shopify_id).id)
    return both.rows(query.order_by(ConsentEntry.id))


def mailed(both, name, **facts):
    person, order = buys(both, name, **facts)
    arrives(both, order)
    both.drain()
    return person, order


def test_an_unsubscribe_here_is_told_to_shopify_and_its_echo_adds_nothing(both, told):
    ana, order = mailed(both, "ana", consent="subscribed")
    both.reconcile(both.shop_id)
    both.move(minutes=1)
    unsubscribes(both, order)
    outgoing.run_due(both.wired)
    assert at_shopify(ana) == "unsubscribed"
    before = statements(both, ana)
    assert before[-1] == ("unsubscribed", "our_link")
    both.hear("customers_email_marketing_consent/update")
    both.reconcile(both.shop_id)
    assert statements(both, ana) == before
    outgoing.run_due(both.wired)
    assert both.on_the_way() == 1, "the customer's record, and no second word about consent"


def test_a_lost_reply_is_adopted_and_not_repeated(both, told, monkeypatch):
    ana, order = mailed(both, "ana", consent="subscribed")
    unsubscribes(both, order)
    outgoing.run_due(both.wired)
    both.lose()
    with both.work_in_shop(both.shop_id) as session:
        call = session.scalars(select(OutgoingCall).where(OutgoingCall.natural_key == f"email_consent:{ana}")).one()
        call.state, call.next_at = CallState.PENDING, func.now()
    outgoing.run_due(both.wired)
    assert both.rows(select(OutgoingCall.state).where(OutgoingCall.natural_key == f"email_consent:{ana}")) == [
        (CallState.DONE,)
    ]
    assert both.on_the_way() == 0


def test_who_agreed_at_shopify_since_is_left_alone_there(both, told):
    ana, order = mailed(both, "ana")
    unsubscribes(both, order)
    both.move(minutes=1)
    act(both, f"/customers/{ana}/consent", state="subscribed")
    both.lose()
    outgoing.run_due(both.wired)
    assert (at_shopify(ana), holds(both, ana)) == ("subscribed", "subscribed")


def test_without_the_access_all_else_works(both, told):
    with unit_of_work() as session:
        revoke(session, find_shop(session, SHOP), ["write_customers"])
    hear_all(both)
    ana, order = mailed(both, "ana", consent="subscribed")
    unsubscribes(both, order)
    outgoing.run_due(both.wired)
    assert (at_shopify(ana), holds(both, ana)) == ("subscribed", "unsubscribed")
    both.move(minutes=1)
    with unit_of_work() as session:
        grant(session, find_shop(session, SHOP), ["write_customers"])
    hear_all(both)
    outgoing.run_due(both.wired)
    assert at_shopify(ana) == "unsubscribed", "what could not be told is told once it may be"


def something(both, dice, person, order, late):
    match dice.choice(["here", "there", "there", "call", "hear"]):
        case "here":
            unsubscribes(both, order)
        case "there":
            act(both, f"/customers/{person}/consent", state=dice.choice(["subscribed", "unsubscribed"]))
        case "call":
            outgoing.run_due(both.wired)
        case "hear":
            for number in dice.sample(late, len(late) // 2):
                deliver_one(both, number)
            both.apply()


def test_who_stops_again_after_agreeing_at_shopify_has_said_something_new(both, told):
    ana, order = mailed(both, "ana")
    unsubscribes(both, order)
    both.move(minutes=1)
    act(both, f"/customers/{ana}/consent", state="subscribed")
    hear_all(both)
    assert holds(both, ana) == "subscribed"
    both.move(minutes=1)
    unsubscribes(both, order)
    outgoing.run_due(both.wired)
    assert (at_shopify(ana), holds(both, ana)) == ("unsubscribed", "unsubscribed")


@pytest.mark.parametrize("seed", range(3))
def test_in_any_order_both_sides_end_equal(both, told, seed):
    """Choices here and there, some in one second; webhooks late, twice and shuffled; calls run whenever."""
    dice = random.Random(seed)
    ana, order = mailed(both, "ana", consent=dice.choice(["subscribed", "not_subscribed"]))
    both.reconcile(both.shop_id)
    late = []
    for _ in range(6):
        if dice.random() < 0.7:
            both.move(seconds=dice.randint(1, 90))
        something(both, dice, ana, order, late)
        late += [each for each in waiting_deliveries() if each not in late]
    for number in dice.sample(late, len(late)) + dice.sample(late, len(late) // 2):
        deliver_one(both, number)
        if dice.random() < 0.4:
            both.apply()
    both.apply()
    for _ in range(3):
        outgoing.run_due(both.wired)
        both.move(minutes=1)
        hear_all(both)
    both.reconcile(both.shop_id)
    assert holds(both, ana) == at_shopify(ana)
    both.lose()
