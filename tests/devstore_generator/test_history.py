"""The generated histories are as declared, the same for the same seed, and what is planted is the fold of the truth."""

import math
import random
import statistics
from collections import Counter, defaultdict
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from sqlalchemy import func, select

from devstore.generator.draw.catalogue import Habit
from devstore.generator.draw.demand import intervals, own_days
from devstore.generator.history import Plan, draw, plans, stream
from devstore.generator.load import load
from devstore.generator.rates import ORDINARY
from devstore.generator.truth import (
    Arrived,
    AtCounter,
    Event,
    HabitEnded,
    HabitFormed,
    Lost,
    OrderCancelled,
    OrderEdited,
    OrderPlaced,
    ParcelSent,
    PeopleMerged,
    PersonCame,
    Refunded,
    ReturnAsked,
    Scanned,
)
from devstore.state.engine import create_tables, unit_of_work
from devstore.state.models import Customer, Fulfillment, FulfillmentEvent, LineItem, Order, Refund, Return, Shop

UNTIL = datetime(2026, 11, 22, 12, tzinfo=UTC)
PLAN = Plan("made-up", 12, UNTIL, years=2, orders=4_000)  # 12: the coffee shop


@pytest.fixture(scope="module")
def history():
    return draw(PLAN)


@pytest.fixture(scope="module")
def by_kind(history):
    found = defaultdict(list)
    for event in history.events:
        found[type(event)].append(event)
    return found


def near(count, base, share, *, sigmas=4.0):
    """Whether a count out of a base is what a share gives, but for chance."""
    return abs(count - base * share) <= sigmas * math.sqrt(base * share * (1 - share)) + 1


def test_the_same_seed_gives_the_same_truth_and_another_seed_another():
    small = Plan("made-up", 5, UNTIL, years=0.5, orders=60)
    assert draw(small).events == draw(small).events
    assert draw(small).events != draw(Plan("made-up", 6, UNTIL, years=0.5, orders=60)).events


def test_many_shops_make_one_stream_in_time_order():
    made = [draw(plan) for plan in plans(3, 7, UNTIL, years=0.5, orders=60)]
    events = list(stream(made))
    assert len(events) == sum(len(one.events) for one in made)
    assert all(before.at <= after.at for before, after in pairwise(events))
    assert {event.shop for event in events} == {"made-7-0", "made-7-1", "made-7-2"}
    assert len({one.email for one in events if isinstance(one, PersonCame)}) == sum(
        isinstance(one, PersonCame) for one in events
    )


def test_people_use_things_up_at_their_own_pace_and_stop_as_declared():
    dice, habit = random.Random(1), Habit(30, 0.4, 9, 0.2)
    paces = [own_days(dice, habit) for _ in range(4_000)]
    logs = [math.log(pace) for pace in paces]
    assert statistics.median(paces) == pytest.approx(30, rel=0.03)
    assert statistics.stdev(logs) == pytest.approx(0.4, rel=0.05)
    lives = [list(intervals(dice, habit, 30)) for _ in range(4_000)]
    drawn = [wait for life in lives for wait in life]
    assert statistics.mean(drawn) == pytest.approx(30, rel=0.02)
    assert statistics.stdev(drawn) / 30 == pytest.approx(1 / math.sqrt(9), rel=0.05)
    assert statistics.mean(map(len, lives)) == pytest.approx((1 - 0.2) / 0.2, rel=0.06)


def test_the_orders_repeat_as_their_buyers_habits_say(by_kind):
    own = {(one.person, one.product): one.days for one in by_kind[HabitFormed]}
    bought = defaultdict(list)
    for order in by_kind[OrderPlaced]:
        if order.kind in {"ordinary", "pick_up"}:
            for line in order.lines:
                bought[order.person, line.product].append(order.at)
    # Only who came long ago and is quick: the end of the history cuts the others' waits short.
    ratios = [
        (after - before).total_seconds() / 86_400 / own[key]
        for key, moments in bought.items()
        if key in own and own[key] < 45 and moments[0] < UNTIL.replace(year=2025, month=12)
        for before, after in pairwise(moments)
        if (after - before).total_seconds() > 86_400
    ]
    assert len(ratios) > 500
    assert statistics.median(ratios) == pytest.approx(1, abs=0.08)
    assert by_kind[HabitEnded]


def test_shares_are_as_declared(by_kind):
    orders = by_kind[OrderPlaced]
    kinds = Counter(order.kind for order in orders)
    drawn = sum(kinds[kind] for kind in ("ordinary", "test", "fraud", "pick_up"))
    gifts = sum(order.gift and order.kind == "ordinary" for order in orders)
    assert near(gifts, drawn, ORDINARY.gift)
    assert near(kinds["test"], drawn, ORDINARY.test)
    open_to_all = [
        order for order in orders if order.kind not in {"subscription", "bulk", "test", "fraud", "card_test"}
    ]
    assert near(sum(order.code is not None for order in open_to_all), len(open_to_all), ORDINARY.discounted)
    cancelled = sum(one.reason != "fraud" for one in by_kind[OrderCancelled])
    assert near(cancelled, drawn + kinds["pre_order"] + kinds["bulk"], ORDINARY.cancelled, sigmas=5)
    carried = [one for one in by_kind[ParcelSent] if one.service not in {"", "pick_up"}]
    assert near(sum(not one.tracked for one in carried), len(carried), ORDINARY.untracked)
    counter = Counter(one.status for one in by_kind[AtCounter])
    assert near(counter["picked_up"], counter["ready_for_pickup"], ORDINARY.pressed)
    guests = [one for one in by_kind[PersonCame] if one.bot is None]
    assert near(sum(one.guest for one in guests), len(guests), ORDINARY.guest)
    assert kinds["digital"]
    assert kinds["subscription"]
    assert kinds["pre_order"]
    assert {one.bot for one in by_kind[PersonCame]} == {None, "bulk_buyer", "card_tester"}
    assert by_kind[PeopleMerged]
    assert by_kind[OrderEdited]


def test_splits_and_returns_are_as_declared(by_kind):
    edited = {one.order for one in by_kind[OrderEdited]}
    cancelled = {one.order for one in by_kind[OrderCancelled]}
    parcels = defaultdict(list)
    for one in by_kind[ParcelSent]:
        if one.service:
            parcels[one.order].append(one)
    many = {
        order.order
        for order in by_kind[OrderPlaced]
        if sum(line.carried for line in order.lines) > 1 and order.order not in edited | cancelled
    }
    assert near(sum(len(parcels[order]) > 1 for order in many), len(many), ORDINARY.split + ORDINARY.partial)
    lost = {one.order for one in by_kind[Lost]}
    there = set(parcels) - lost
    assert near(len({one.order for one in by_kind[ReturnAsked]}), len(there), ORDINARY.returned)
    assert lost
    assert by_kind[Refunded]


def test_what_nobody_reported_still_arrived_and_is_hidden(by_kind):
    silent = [one for one in by_kind[Arrived] if not one.reported]
    assert silent
    assert all(one.hidden for one in silent)
    told = {(one.order, one.parcel) for one in by_kind[Scanned] if one.status == "delivered"}
    reported = {(one.order, one.parcel) for one in by_kind[Arrived] if one.reported}
    told |= {(one.order, one.parcel) for one in by_kind[AtCounter] if one.status == "picked_up"}
    by_file = {(one.order, one.parcel) for one in by_kind[ParcelSent] if not one.service}
    assert told == reported - by_file


@pytest.fixture
def empty_store(cluster, monkeypatch, tmp_path):
    from tests.devstore.conftest import forget, point_at

    url = cluster.create_database(owner="devstore")
    point_at(monkeypatch, url, tmp_path)
    create_tables()
    yield
    forget()
    cluster.drop_database(url)


def test_the_store_holds_what_it_saw_and_nothing_else(empty_store, history, by_kind):
    with unit_of_work() as session:
        shop_id = load(session, PLAN, history)
        seen = {kind: [one for one in events if one.at <= UNTIL] for kind, events in by_kind.items()}
        for table, kind in (
            (Order, OrderPlaced),
            (Fulfillment, ParcelSent),
            (FulfillmentEvent, Scanned),
            (Return, ReturnAsked),
        ):
            assert session.scalar(select(func.count()).select_from(table)) == len(seen[kind]), kind
        assert session.scalar(select(func.max(Order.updated_at))) <= UNTIL
        shop = session.get_one(Shop, shop_id)
        assert shop.last_order_number == 1000 + len(seen[OrderPlaced])
        lines = select(func.count()).select_from(LineItem)
        added = sum(len(one.added) for one in seen[OrderEdited])
        assert session.scalar(lines) == sum(len(one.lines) for one in seen[OrderPlaced]) + added
        assert session.scalar(lines.where(LineItem.current_quantity < 0)) == 0
        assert session.scalar(lines.where(LineItem.fulfilled_quantity > LineItem.current_quantity)) == 0
        paid_back = sum(one.reason != "fraud" for one in seen[OrderCancelled])
        assert session.scalar(select(func.count()).select_from(Refund)) == len(seen[Refunded]) + paid_back
        known = [one for one in seen[PersonCame] if not one.guest]
        assert session.scalar(select(func.count()).select_from(Customer)) == len(known) - len(seen[PeopleMerged])
        nobodys = select(func.count()).select_from(Order).where(Order.customer_id.not_in(select(Customer.id)))
        assert session.scalar(nobodys) == 0
    with pytest.raises(ValueError, match="there is a shop called made-up"), unit_of_work() as session:
        load(session, PLAN, history)


def test_an_event_says_whether_the_shop_saw_it(by_kind):
    assert {kind.__name__ for kind in by_kind if kind.hidden} == {"HabitFormed", "HabitEnded", "Arrived", "Lost"}
    assert not Event.hidden
