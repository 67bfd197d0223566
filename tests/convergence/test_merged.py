"""Two customers who turn out to be one: whatever is heard first, twice or late, one person is left, and stays so."""

import random
from itertools import count

import pytest
from sqlalchemy import func, select

from app.customers.models import Customer, Erasure, Suppression
from app.flows.models import Enrollment
from app.messages.models import Message
from app.orders.models import Order
from app.shopify.models import InboxState, WebhookInbox
from tests.convergence.persons import (
    act,
    arrives,
    asks,
    buyers,
    buys,
    deliver_one,
    hear_all,
    holds,
    live_through,
    merge,
    row,
    tell,
    unsubscribes,
    waiting_deliveries,
)
from tests.convergence.player import PLACES
from tests.convergence.shops import DOMAIN

NUMBERS = count(1)
GB = {**PLACES["GB"], "zip": "BS1 6QH", "city": "Bristol"}


@pytest.fixture(autouse=True)
def nothing_on_the_way(both):
    both.move(minutes=1)
    both.lose()


def test_a_merge_joins_what_was_known_and_the_stricter_holds(both):
    ana, first = buys(both, "ana", consent="subscribed")
    anna, second = buys(both, "anna")
    both.reconcile(both.shop_id)
    both.drain()
    assert (holds(both, ana), holds(both, anna)) == ("subscribed", "not_subscribed")
    merge(both, ana, anna)
    both.hear("customers/merge")
    kept = row(both, anna)
    assert row(both, ana).merged_into == kept.id
    assert buyers(both, first, second) == {anna}
    assert {
        one
        for (one,) in both.rows(
            select(Message.customer_id)
            .join(Order, Order.id == Message.order_id)
            .where(Order.shopify_id.in_([first, second]))
        )
    } == {kept.id}
    runs = select(Enrollment.customer_id).join(Order, Order.id == Enrollment.order_id)
    assert {one for (one,) in both.rows(runs.where(Order.shopify_id.in_([first, second])))} == {kept.id}
    assert holds(both, anna) == "not_subscribed"
    both.move(minutes=1)
    act(both, f"/customers/{anna}/consent", state="subscribed")
    both.hear("customers_email_marketing_consent/update")
    assert holds(both, anna) == "subscribed", "who speaks again after the merge is heard"
    assert both.store.get(f"/api/customers/{ana}").status_code in {404, 405, 422}


def test_the_other_address_of_somebody_who_unsubscribed_is_stopped_too(both):
    ana, first = buys(both, "ana")
    arrives(both, first)
    both.drain()
    unsubscribes(both, first)
    anna, second = buys(both, "anna", product="paper-filters")
    merge(both, ana, anna)
    both.hear("customers/merge")
    arrives(both, second)
    live_through(both)
    assert asks(both, first, second) == [("done", "unsubscribed"), ("done", "unsubscribed")]


def test_what_two_customers_would_hear_twice_one_person_hears_once(both):
    ana, first = buys(both, "ana")
    anna, second = buys(both, "anna")
    cup, third = buys(both, "cup", product="stoneware-mugs")
    for order in (first, second, third):
        arrives(both, order)
    merge(both, ana, anna)
    merge(both, cup, anna)
    hear_all(both)
    assert asks(both, first, second, third).count(("done", "merged")) == 1
    live_through(both)
    assert sorted(asks(both, first, second, third), key=str) == [("done", "merged"), ("done", None), ("done", None)]
    runner = both.wired.parts["flask"].test_cli_runner()
    names = [name for (name,) in both.rows(select(Order.name).where(Order.shopify_id.in_([first, second])))]
    told = "".join(runner.invoke(args=["why", "--shop", DOMAIN, "--order", name]).output for name in names)
    assert "hears this once: two customers became one" in told


def test_a_merge_nobody_heard_of_is_seen_by_who_has_the_orders_now(both):
    ana, first = buys(both, "ana", consent="subscribed")
    both.reconcile(both.shop_id)
    arrives(both, first)
    anna, _ = buys(both, "anna")
    merge(both, ana, anna)
    both.lose()
    both.reconcile(both.shop_id)
    assert row(both, ana).merged_into == row(both, anna).id
    assert row(both, ana).erased_at is None
    assert buyers(both, first) == {anna}
    assert holds(both, anna) == "not_subscribed"


def test_who_is_deleted_because_they_were_merged_is_not_forgotten(both):
    ana, first = buys(both, "ana")
    anna, _ = buys(both, "anna")
    merge(both, ana, anna)
    tell(both, "customers/delete", {"id": ana})
    assert (row(both, ana).merged_into, row(both, ana).erased_at) == (row(both, anna).id, None)
    both.hear("customers/merge")
    assert buyers(both, first) == {anna}
    alone, _ = buys(both, "alone")
    act(both, f"/customers/{alone}", method="DELETE")
    hear_all(both)
    assert row(both, alone).erased_at is not None


def test_a_body_about_strangers_changes_nothing(both):
    before = both.rows(select(func.count(Customer.id)))
    body = {
        "admin_graphql_api_customer_kept_id": "gid://shopify/Customer/9100000001",
        "admin_graphql_api_customer_deleted_id": "gid://shopify/Customer/9100000002",
        "status": "completed",
    }
    tell(both, "customers/merge", body)
    assert both.rows(select(func.count(Customer.id))) == before
    newest = select(WebhookInbox.state, WebhookInbox.reason).order_by(WebhookInbox.id.desc()).limit(1)
    assert both.rows(newest) == [(InboxState.PARKED, "this shop has no such customer")]


def test_a_merge_that_failed_changes_nothing(both):
    ana, _ = buys(both, "ana")
    anna, _ = buys(both, "anna")
    body = {
        "admin_graphql_api_customer_kept_id": f"gid://shopify/Customer/{anna}",
        "admin_graphql_api_customer_deleted_id": f"gid://shopify/Customer/{ana}",
        "status": "failed",
    }
    tell(both, "customers/merge", body)
    assert row(both, ana).merged_into is None


def test_a_copy_of_the_data_holds_what_was_known_of_both(both):
    ana, first = buys(both, "ana", consent="subscribed")
    arrives(both, first)
    both.drain()
    unsubscribes(both, first)
    anna, second = buys(both, "anna")
    merge(both, ana, anna)
    hear_all(both)
    act(both, f"/customers/{anna}/data-request")
    hear_all(both)
    ((result,),) = both.rows(select(Erasure.result).where(Erasure.customer_shopify_id == anna))
    names = {name for (name,) in both.rows(select(Order.name).where(Order.shopify_id.in_([first, second])))}
    assert {each["order"] for each in result["orders"]} == names
    told = result["customers"]
    assert {each["first_name"] for each in told if each["kind"] == "customer"} == {"Ana", "Anna"}
    assert [each["reason"] for each in told if each["kind"] == "stop"] == ["unsubscribed"]
    assert ("unsubscribed", "our_link") in {
        (each["state"], each["source"]) for each in told if each["kind"] == "consent"
    }
    assert ("all", "off") in {(each["topic"], each["value"]) for each in told if each["kind"] == "choice"}


def test_erasing_who_was_kept_erases_who_was_merged_into_them(both):
    ana, first = buys(both, "ana")
    anna, second = buys(both, "anna")
    merge(both, ana, anna)
    hear_all(both)
    act(both, f"/customers/{anna}/redact")
    hear_all(both)
    for one in (ana, anna):
        person = row(both, one)
        assert (person.erased_at is not None, person.email, person.first_name) == (True, None, None)
    assert both.rows(select(Order.email).where(Order.shopify_id.in_([first, second]))) == [(None,), (None,)]


@pytest.mark.parametrize("seed", range(3))
def test_in_any_order_the_same_person_is_left(both, seed):
    """A → B → C with orders, choices and an erasure or none; every webhook shuffled, some twice, some in halves."""
    dice = random.Random(seed)
    heard = [dice.random() < 0.4 for _ in range(3)]
    bought = [buys(both, name, hear=hear) for name, hear in zip(("ana", "bea", "cleo"), heard, strict=True)]
    (ana, first), (bea, second), (cleo, third) = bought
    known = [one for (one, _), hear in zip(bought, heard, strict=True) if hear]
    for person, state in ((ana, "subscribed"), (bea, "unsubscribed"), (cleo, "subscribed")):
        both.move(minutes=1)
        act(both, f"/customers/{person}/consent", state=state)
    merge(both, ana, bea)
    merge(both, bea, cleo)
    erased = dice.random() < 0.3
    if erased:
        both.move(minutes=1)
        act(both, f"/customers/{cleo}/redact")
    on_the_way = waiting_deliveries()
    on_the_way += dice.sample(on_the_way, len(on_the_way) // 3)
    dice.shuffle(on_the_way)
    for number in on_the_way:
        deliver_one(both, number)
        if dice.random() < 0.5:
            both.apply()
    both.apply()
    both.lose()
    assert both.rows(select(func.count(WebhookInbox.id)).where(WebhookInbox.state == InboxState.RECEIVED)) == [(0,)]
    assert buyers(both, first, second, third) <= {cleo}
    kept = row(both, cleo)
    people = [each for (each,) in both.rows(select(Customer).where(Customer.shopify_id.in_([ana, bea, cleo])))]
    assert {each.merged_into for each in people if each.id != kept.id} <= {kept.id}
    assert {each.shopify_id for each in people} >= set(known)
    if erased:
        assert {person.email for person in people} == {None}
        assert all(person.erased_at for person in people)
        stopped = both.rows(select(func.count(Suppression.id)).where(Suppression.reason == "erased"))
        assert stopped[0][0] >= 1
    else:
        assert holds(both, cleo) == "unsubscribed", "the stricter of three"
