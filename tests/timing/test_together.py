"""Parcels that arrive within two days of each other are one question; the others are asked about in their own time."""

import quopri
import random
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from app.flows.facts.calendars import CalendarSetting
from app.flows.facts.gather import gather
from app.flows.pages.why.derivation import derive_all
from app.flows.planning.by_hand.edit import save_step
from app.flows.planning.by_hand.skip import skip
from app.flows.rules.reasons import Reason
from app.flows.timing.shipment_group import TOGETHER, arrived_with, together_at
from app.flows.words.decided.explain import reason_words
from app.orders.models import OrderLine
from app.shops.settings import save
from tests.admin.conftest import serve
from tests.admin.merchant import DAY, NOON
from tests.timing.split import ASK, SplitOrder, live

__all__ = ["serve"]
HOUR = timedelta(hours=1)


@pytest.fixture
def shop(running, serve):
    serve()
    return running


def test_two_parcels_a_day_apart_are_one_question_seven_days_after_the_second(shop):
    order = SplitOrder(shop, 2)
    first, second = order.ship(0), order.ship(1)
    order.deliver(first)
    live(shop, days=1)
    order.deliver(second)
    arrived = shop.now
    live(shop, days=12)
    ((at, about),) = order.said()
    assert about == [0, 1]
    assert arrived + 7 * DAY <= at <= arrived + 7 * DAY + HOUR
    (_,) = order.said("product_help")
    rows = [order.row(parcel) for parcel in (first, second)]
    assert sorted((row.outcome, row.reason) for row in rows) == [("handed_over", None), ("skipped", "already_sent")]


def test_a_request_tried_again_still_speaks_for_both(running, serve):
    """A greylisting server answers the first try; the other parcel waits for how that ends."""
    server = serve()
    order = SplitOrder(running, 2)
    first, second = order.ship(0), order.ship(1)
    order.deliver(first)
    order.deliver(second)
    live(running, days=6)
    serve(dot="451 4.7.1 later")
    live(running, days=1, minutes=20)
    assert order.said() == [(None, [0, 1])]
    waits = order.row(second)
    assert (waits.state, waits.reason) == ("scheduled", Reason.TOGETHER), "nobody has been asked about it yet"
    serve()
    live(running, days=2)
    ((at, _),) = order.said()
    assert at is not None
    titles = [row.title for row in running.rows(select(OrderLine.title).order_by(OrderLine.id))]
    asked = quopri.decodestring(server.delivered[-1]).decode("utf-8", "replace")
    assert [title for title in titles if title in asked] == titles


@pytest.mark.parametrize("tries", [0, 2])
def test_a_request_refused_for_good_ends_both_as_refused(running, serve, tries):
    """At once, or after some tries: what one message said of both parcels has one end, and both say so."""
    server = serve()
    order = SplitOrder(running, 2)
    first, second = order.ship(0), order.ship(1)
    order.deliver(first)
    order.deliver(second)
    live(running, days=6)
    before = len(server.delivered)
    serve(dot=["451 4.7.1 later"] * tries + ["554 5.6.0 not this message"] * 9)
    live(running, days=4)
    assert len(server.delivered) == before + tries + 1, "neither is tried again"
    rows = [order.row(parcel) for parcel in (first, second)]
    assert {(row.state, row.reason) for row in rows} == {("done", Reason.REJECTED)}
    with running.work() as session:
        (told,) = derive_all(session, [rows[1].id])
        assert "refused the message for good" in told.why.explanation.verdict


def test_where_the_one_who_was_put_off_is_left_out_the_other_speaks_for_itself(running, serve):
    serve()
    order = SplitOrder(running, 2)
    first, second = order.ship(0), order.ship(1)
    order.deliver(first)
    order.deliver(second)
    live(running, days=6)
    serve(dot="451 4.7.1 later")
    live(running, days=1, minutes=20)
    with running.work() as session:
        skip(session, order.row(first).id, by="user:7")
    serve()
    live(running, days=2)
    assert [about for _, about in order.said()] == [[0], [1]], "what the first never said of the other is free"
    assert order.row(second).outcome == "handed_over"
    assert order.row(first).reason == Reason.SKIPPED_BY_MERCHANT


def test_two_of_three_are_asked_about_on_time_and_the_third_later(shop):
    order = SplitOrder(shop, 3)
    near, far = order.ship(0, 1), order.ship(2)
    order.deliver(near)
    arrived = shop.now
    live(shop, days=5)
    order.deliver(far)
    live(shop, days=14)
    (early, about), (late, last) = order.said()
    assert (about, last) == ([0, 1], [2])
    assert arrived + 7 * DAY <= early <= arrived + 7 * DAY + HOUR
    assert arrived + 12 * DAY <= late <= arrived + 12 * DAY + HOUR


def test_the_one_who_waits_says_so_and_speaks_itself_where_the_other_ends_without_a_word(shop):
    order = SplitOrder(shop, 2)
    first, second = order.ship(0), order.ship(1)
    order.deliver(first)
    order.deliver(second)
    live(shop, days=6)
    assert {order.row(parcel).anchor_at for parcel in (first, second)} == {NOON}
    with shop.work() as session:  # the first of them is everything the buyer gave back
        session.execute(update(OrderLine).where(OrderLine.id == order.lines[0]).values(current_quantity=0))
    live(shop, days=2)
    ((_, about),) = order.said()
    assert about == [1]


def test_a_merchant_who_leaves_one_out_leaves_out_its_things_alone(shop):
    order = SplitOrder(shop, 2)
    first, second = order.ship(0), order.ship(1)
    order.deliver(first)
    order.deliver(second)
    with shop.work() as session:
        skip(session, order.row(first).id, by="user:7")
    live(shop, days=9)
    ((_, about),) = order.said()
    assert about == [1]


def test_a_short_pause_still_waits_for_what_may_arrive_with_it(shop):
    with shop.work() as session:
        save(session, CalendarSetting(ask_gap_hours=0), by="user:7")
        save_step(session, ASK, {"delay_days": 1}, by="user:7")
    order = SplitOrder(shop, 2)
    first, second = order.ship(0), order.ship(1)
    order.deliver(first)
    live(shop, hours=40)
    assert order.said() == []
    order.deliver(second)
    live(shop, days=5)
    ((_, about),) = order.said()
    assert about == [0, 1]


def test_a_cancelled_parcel_sent_again_is_asked_about_by_its_new_arrival(shop):
    order = SplitOrder(shop, 1)
    first = order.ship(0)
    live(shop, days=1)
    order.change(first, cancelled_at=shop.now, status="cancelled")
    live(shop, days=2)
    again = order.ship(0)
    live(shop, days=3)
    order.deliver(again)
    arrived = shop.now
    live(shop, days=30)
    ((at, about),) = order.said()
    assert about == [0]
    assert arrived + 7 * DAY <= at <= arrived + 7 * DAY + HOUR
    assert order.row(first).outcome == "skipped"


@pytest.mark.parametrize("seed", range(3))
def test_whatever_the_order_of_events_each_line_is_asked_about_once_and_each_group_in_one_message(shop, seed):
    dice = random.Random(seed)
    orders = []
    for _ in range(2):
        count = dice.randint(1, 4)
        orders.append((SplitOrder(shop, count), count))
    arrivals, events = {}, []
    for place, (_, count) in enumerate(orders):
        for line in range(count):
            arrives = dice.randint(24, 240)
            cancelled = dice.random() < 0.25
            events.append((dice.randint(0, 20), place, line, "ship", arrives, cancelled))
    parcels, told = {}, list(events)
    while told:
        told.sort(key=lambda each: each[0])
        at, place, line, what, arrives, cancelled = told.pop(0)
        live(shop, until=max(shop.now, NOON + at * HOUR))
        order = orders[place][0]
        if what == "ship":
            parcels[place, line] = order.ship(line)
            told.append(
                (
                    arrives - 1 if cancelled else arrives,
                    place,
                    line,
                    "cancel" if cancelled else "deliver",
                    arrives,
                    False,
                )
            )
        elif what == "cancel":
            order.change(parcels[place, line], cancelled_at=shop.now, status="cancelled")
            told.append((at + 10, place, line, "ship", arrives + 40, False))
        else:
            order.deliver(parcels[place, line], NOON + at * HOUR)
            arrivals[place, line] = NOON + at * HOUR
    live(shop, days=40)
    for place, (order, count) in enumerate(orders):
        said = order.said()
        asked = [line for _, about in said for line in about]
        assert sorted(asked) == list(range(count))
        mine = {line: arrivals[place, line] for line in range(count)}
        groups = {arrived_with(line, mine) for line in range(count)}
        assert sorted(tuple(sorted(about)) for _, about in said) == sorted(tuple(sorted(group)) for group in groups)
        for at, about in said:
            last = max(mine[line] for line in about)
            assert at >= last + 7 * DAY


def test_news_of_four_parcels_on_a_day_is_two_mails_that_day_and_two_the_next(shop):
    order = SplitOrder(shop, 4)
    for line in range(4):
        order.ship(line)
    live(shop, hours=6)
    assert len(order.said("shipped")) == 2
    waiting = [row for row in shop.pending().values() if row.reason == Reason.NEWS_ENOUGH]
    assert waiting
    live(shop, days=2)
    days = sorted(at.date().isoformat() for at, _ in order.said("shipped"))
    assert days == ["2026-11-20", "2026-11-20", "2026-11-21", "2026-11-21"]
    assert {at.hour for at, _ in order.said("shipped") if at.day == 21} == {9}


ARRIVALS = st.dictionaries(st.integers(1, 9), st.integers(0, 400).map(lambda hours: NOON + hours * HOUR), min_size=1)


@given(ARRIVALS)
def test_groups_part_the_parcels_and_none_is_longer_than_two_days(arrivals):
    groups = {arrived_with(parcel, arrivals) for parcel in arrivals}
    assert sorted(parcel for group in groups for parcel in group) == sorted(arrivals)
    for group in groups:
        times = [arrivals[parcel] for parcel in group]
        assert max(times) - min(times) <= TOGETHER
        assert {together_at(parcel, arrivals) for parcel in group} == {max(times)}


def test_the_sentences_tell_of_one_message(shop):
    order = SplitOrder(shop, 2)
    first, second = order.ship(0), order.ship(1)
    order.deliver(first)
    order.deliver(second)
    with shop.work() as session:
        (one,) = gather(session, [order.row(second).id])
        assert one.facts.follow_up.spoken_for_at is not None
        assert [item.fulfillment_id for item in one.facts.items].count(first) == 1
        words = reason_words(Reason.TOGETHER, one.facts, "Grace", until=None, now=shop.now)
    assert words == "Grace: asked together with what arrived at the same time, in one message."
