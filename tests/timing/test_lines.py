"""Things that do not travel, and things that have not left yet."""

import pytest
from sqlalchemy import update

from app.orders.models import OrderLine
from tests.admin.conftest import serve
from tests.admin.merchant import DAY
from tests.timing.split import SplitOrder, live

__all__ = ["serve"]


@pytest.fixture
def shop(running, serve):
    serve()
    return running


def make_digital(shop, order, *lines):
    with shop.work() as session:
        ids = [order.lines[line] for line in lines]
        session.execute(update(OrderLine).where(OrderLine.id.in_(ids)).values(requires_shipping=False))


def test_a_course_skips_the_parcel_news_and_is_asked_about_seven_days_on(shop):
    order = SplitOrder(shop, 1)
    make_digital(shop, order, 0)
    parcel = order.ship(0)
    order.change(parcel, delivered_at=shop.now, delivered_source="digital")
    there = shop.now
    live(shop, days=9)
    assert order.said("shipped") == order.said("delivered") == []
    assert {order.row(parcel, step).reason for step in ("shipped", "delivered")} == {"nothing_to_ship"}
    ((at, _),) = order.said()
    assert there + 7 * DAY <= at <= there + 7 * DAY + DAY / 2


def test_a_course_and_a_kettle_that_come_within_two_days_are_one_question(shop):
    order = SplitOrder(shop, 2)
    make_digital(shop, order, 0)
    course, kettle = order.ship(0), order.ship(1)
    order.change(course, delivered_at=shop.now, delivered_source="digital")
    live(shop, days=1)
    order.deliver(kettle)
    live(shop, days=10)
    ((_, about),) = order.said()
    assert about == [0, 1]


def test_nothing_is_planned_about_what_has_not_left_however_long_it_takes(shop):
    order = SplitOrder(shop, 1)
    live(shop, days=60)
    assert {step for _, step in shop.plans()} == {"thank_you"}
    parcel = order.ship(0)
    assert order.row(parcel).provisional
