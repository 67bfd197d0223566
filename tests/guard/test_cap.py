"""A person never hears more than the shop's measure allows, in any window that slides, and what waits is not lost."""

import random
import threading
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis.strategies import integers
from sqlalchemy import func, select, update

from app.customers.legal_basis import MessageClass
from app.flows.models import FollowUp, FollowUpState
from app.flows.rules.decision import Bounds
from app.flows.rules.turn import Window, room_at
from app.flows.sending import claim, drain
from app.messages.models import Message
from app.orders.models import Order, OrderLine
from tests.flows.cases import NOON
from tests.guard.crowd import asked_of
from tests.guard.one_person import DAY, drawn, exceeded, run, wish


@given(integers(0, 10**9))
@settings(max_examples=150)
def test_no_window_ever_holds_more_than_the_measure_and_nothing_ends_without_a_reason(seed):
    wanted, bounds, rng = drawn(seed)
    run(wanted, bounds, rng)
    assert exceeded(wanted, bounds) == 0
    for each in wanted:
        assert (each.sent_at is None) is (each.ended is not None)
        if each.ended is not None:
            assert each.ended == ("stale", each.waited_for)
            assert each.waited_for in {"cap_reached", "after_others"}


@pytest.mark.parametrize("seed", range(20))
def test_of_several_due_at_once_what_matters_more_goes_first(seed):
    classes = [MessageClass.MARKETING, MessageClass.REVIEW_ASK, MessageClass.MIXED, MessageClass.MARKETING]
    wanted = [wish(number, each, NOON, 90 * DAY) for number, each in enumerate(classes)]
    run(wanted, Bounds(per_week=1, per_month=9), random.Random(seed))
    order = [each.step.message_class for each in sorted(wanted, key=lambda each: each.sent_at)]
    assert order == [MessageClass.MIXED, MessageClass.REVIEW_ASK, MessageClass.MARKETING, MessageClass.MARKETING]


def test_what_waits_for_room_goes_at_the_first_instant_that_has_it():
    said = [NOON - 6 * DAY, NOON - 5 * DAY, NOON - 2 * DAY]
    week, month = Window(3, 7 * DAY), Window(8, 30 * DAY)
    assert room_at(said, (week, month), NOON) == NOON + DAY
    assert room_at(said[1:], (week, month), NOON) == NOON
    assert room_at([NOON - day * DAY for day in range(8)], (month,), NOON) == NOON + 23 * DAY
    assert room_at([], (week,), NOON) == NOON


def test_an_instant_with_room_has_room_and_the_one_before_has_not():
    rng = random.Random(7)
    for _ in range(300):
        said = [NOON - timedelta(hours=rng.randrange(1, 720)) for _ in range(rng.randrange(12))]
        window = Window(rng.randrange(1, 6), timedelta(hours=rng.randrange(1, 500)))
        at = room_at(said, (window,), NOON)
        assert sum(each > at - window.length for each in said) < window.most
        if at > NOON:
            before = at - timedelta(seconds=1)
            assert sum(each > before - window.length for each in said) >= window.most


def test_two_workers_at_once_hand_off_no_more_than_the_measure(wired, started, sink, monkeypatch):
    persons, each = 3, 6
    asked_of(started, persons, each)
    monkeypatch.setattr(claim, "BATCH", 4)  # small batches, so that both workers hold some of each person's
    monkeypatch.setattr(drain, "lease_shops", lambda _: [started.id])  # neither waits for the other's lease
    workers = [threading.Thread(target=drain.drain, args=(wired,)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    drain.drain(wired)
    rows = started.rows(
        select(Message.recipient, func.count().label("many"))
        .where(Message.sent_at.is_not(None))
        .group_by(Message.recipient)
    )
    assert sorted(row.many for row in rows) == [3] * persons
    assert len(sink.delivered) == 3 * persons
    waiting = started.rows(select(FollowUp.state, FollowUp.reason).where(FollowUp.state != FollowUpState.DONE))
    assert {row.state for row in waiting} == {FollowUpState.SCHEDULED}
    assert {row.reason for row in waiting} <= {"cap_reached", "after_others"}
    assert len(waiting) == persons * (each - 3)


def test_the_same_words_do_not_reach_a_person_twice(wired, started, sink):
    (first,) = asked_of(started, 1, 2)
    with started.work() as session:  # two orders that read the same
        session.execute(update(OrderLine).values(title="Harbour kettle"))
        session.execute(update(Order).values(name="#1"))
    while drain.drain(wired):
        pass
    assert len(sink.delivered) == 1
    reasons = [row.reason for row in started.rows(select(FollowUp.reason).where(FollowUp.outcome == "skipped"))]
    assert reasons == ["same_content"]
    assert first.order_id


def test_the_same_product_is_asked_about_once_a_year(wired, started, sink):
    asked_of(started, 1, 2)
    with started.work() as session:
        session.execute(update(OrderLine).values(product_shopify_id=900_000))
    while drain.drain(wired):
        pass
    assert len(sink.delivered) == 1
    reasons = [row.reason for row in started.rows(select(FollowUp.reason).where(FollowUp.outcome == "skipped"))]
    assert reasons == ["asked_lately"]
