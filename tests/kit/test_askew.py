"""Machines whose clocks are off by a day: business time is one for all of them, and nothing leaves early or late."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from app.flows.models import FollowUp
from app.kit.clock import business_now
from app.kit.engines import SYSTEM
from app.kit.work import unit_of_work
from tests.journeys.bodies import order_body
from tests.journeys.conftest import shop, sink
from tests.journeys.test_first_mile import know

__all__ = ["shop", "sink"]

DAY = timedelta(days=1)
WRONG = [-400 * DAY, -DAY, -timedelta(minutes=2), timedelta(minutes=2), DAY, 400 * DAY]


@pytest.fixture
def machine(monkeypatch):
    """Set this machine's clock wrong by so much; the database keeps its own."""

    def set_wrong(by):
        class Wrong(datetime):
            @classmethod
            def now(cls, tz=None):
                return datetime.now(UTC).astimezone(tz) + by

        monkeypatch.setattr("app.kit.clock.datetime", Wrong)

    return set_wrong


def off(session):
    return abs(business_now(session) - session.scalar(select(func.clock_timestamp())))


@pytest.mark.parametrize("by", WRONG)
def test_business_time_is_the_databases_in_and_outside_a_shop(shop, machine, by):
    machine(by)
    with shop.work() as session:
        assert off(session) < timedelta(seconds=30)
    for role in (None, SYSTEM):
        with unit_of_work(shop.wired, role=role) as session:
            assert off(session) < timedelta(seconds=30)


def test_what_any_two_clocks_differ_by_is_left_alone(shop, machine):
    machine(timedelta(seconds=40))
    with shop.work() as session:
        assert timedelta(seconds=35) < off(session) < timedelta(seconds=45)


@pytest.mark.parametrize("by", [-DAY, DAY])
def test_planned_and_sent_by_machines_a_day_off_it_leaves_neither_early_nor_late(shop, machine, by):
    shop.start_flows()
    body = order_body(datetime.now(UTC))
    know(shop, body)
    machine(by)
    shop.webhook("orders/paid", body)
    assert shop.apply() == 1
    with shop.work() as session:
        session.execute(update(FollowUp).values(due_at=func.now() + timedelta(hours=12)))
    shop.drain()
    assert shop.sink.delivered == []
    with shop.work() as session:
        session.execute(update(FollowUp).values(due_at=func.now() - timedelta(seconds=1)))
    shop.drain()
    assert len(shop.sink.delivered) == 1
    ((done_at, now),) = shop.rows(select(FollowUp.done_at, func.now()))
    assert abs(now - done_at) < timedelta(minutes=1)
