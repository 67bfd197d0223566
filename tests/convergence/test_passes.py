"""Passes: a week at night and after gaps, a tenth of the budget, and what shows that webhooks do not come."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.flows.pages.home import needs
from app.flows.syncing import sync
from app.flows.syncing.audit import silent
from app.orders.models import Order
from app.shopify.models import SyncCursor
from devstore.platform.admin_api import bucket
from devstore.state import models as store
from devstore.state.engine import unit_of_work as store_work
from tests.convergence.test_out_of_order import act, buy


def cursor(both):
    with both.work_in_shop(both.shop_id) as session:
        return session.scalars(select(SyncCursor)).one()


def due_pass(both):
    """Run what is due, as the worker does, until nothing is."""
    while sync.run_due(both.wired):
        pass


def quarter(both, **delta):
    both.move(**(delta or {"minutes": 15}))
    due_pass(both)


@pytest.fixture
def quiet(fresh):
    """An installed shop a few quiet passes later."""
    quarter(fresh)
    quarter(fresh)
    return fresh


def change_unseen(both, order, days):
    """Change an order at the shop without telling anybody, dated so many days back, as a slow index would show it."""
    with store_work() as session:
        row = session.get_one(store.Order, order)
        row.note, row.updated_at = "changed", both.now - timedelta(days=days)


def note_of(both, order):
    with both.work_in_shop(both.shop_id) as session:
        return session.scalar(select(Order.note).where(Order.shopify_id == order))


def old_order(both):
    """Return an order heard of long ago."""
    order = buy(both)
    both.deliver()
    both.apply()
    with both.work_in_shop(both.shop_id) as session:
        long_ago = both.now - timedelta(days=30)
        session.execute(update(Order).where(Order.shopify_id == order["id"]).values(source_updated_at=long_ago))
    return order["id"]


def test_a_quarter_of_an_hour_looks_no_further_than_the_last_one(quiet):
    order = old_order(quiet)
    change_unseen(quiet, order, 3)
    quarter(quiet)
    assert note_of(quiet, order) != "changed"


def test_at_night_a_week_is_read_whatever_the_cursor_says(quiet):
    order = old_order(quiet)
    change_unseen(quiet, order, 3)
    for _ in range(28 * 2):
        quarter(quiet, minutes=30)  # never an hour's gap
        if note_of(quiet, order) == "changed":
            break
    assert note_of(quiet, order) == "changed"
    assert 1 <= quiet.now.hour <= 5  # London's night, an hour ahead in October
    assert cursor(quiet).week_at > quiet.now


def test_after_a_gap_a_week_is_read_at_once(quiet):
    order = old_order(quiet)
    change_unseen(quiet, order, 3)
    quarter(quiet, hours=2)
    assert note_of(quiet, order) == "changed"


def test_webhooks_that_stop_are_noticed_and_the_next_pass_goes_back_a_week(quiet):
    for _ in range(6):
        buy(quiet)
    quiet.lose()
    quiet.move(minutes=12)
    quarter(quiet)
    assert (cursor(quiet).unheard, cursor(quiet).week_at) == (6, quiet.now)
    order = old_order(quiet)
    change_unseen(quiet, order, 5)
    quarter(quiet)
    assert note_of(quiet, order) == "changed"
    assert cursor(quiet).week_at > quiet.now


def test_a_topic_nobody_hears_is_said_where_the_merchant_looks(quiet):
    quiet.move(hours=2)
    for _ in range(6):
        order = buy(quiet)
        quiet.deliver()
        quiet.apply()
        act(quiet, "POST", f"/orders/{order['id']}/fulfillments")
        quiet.lose("fulfillments/create")
        quiet.lose("orders/updated")
    quiet.move(minutes=40)
    due_pass(quiet)
    quiet.move(hours=26)
    due_pass(quiet)
    with quiet.work_in_shop(quiet.shop_id) as session:
        assert silent(session) == [{"topic": "fulfillments/create", "found": 6}]
        cards = [card for card in needs.cards(session) if "do not arrive" in card.heading]
    assert "fulfillments/create (6)" in cards[0].words


def test_while_webhooks_come_nothing_is_said(quiet):
    quiet.move(hours=2)
    for _ in range(6):
        buy(quiet)
    quiet.deliver()
    quiet.apply()
    quiet.move(hours=30)
    due_pass(quiet)
    with quiet.work_in_shop(quiet.shop_id) as session:
        assert silent(session) == []


def test_a_pass_that_owes_rests_and_goes_on_where_it_was(quiet, monkeypatch):
    monkeypatch.setattr(bucket, "RATES", dict.fromkeys(bucket.RATES, 100.0))
    bucket._buckets.clear()
    for _ in range(8):
        buy(quiet)
    quiet.lose()
    with quiet.work_in_shop(quiet.shop_id) as session:
        session.execute(update(SyncCursor).values(points=1.0, points_at=quiet.now, rate=100.0, next_at=quiet.now))
    rests = 0
    while cursor(quiet).pass_started_at is not None or not rests:
        due_pass(quiet)
        resting = cursor(quiet)
        if resting.pass_started_at is None:
            break
        rests += 1
        assert resting.next_at > quiet.now
        assert resting.points < 0
        assert resting.lease_until is None
        quiet.move(to=resting.next_at + timedelta(seconds=1))
    assert rests > 2
    with quiet.work_in_shop(quiet.shop_id) as session:
        assert len(session.scalars(select(Order.id)).all()) == 8


def test_by_hand_it_does_not_rest(quiet):
    with quiet.work_in_shop(quiet.shop_id) as session:
        session.execute(update(SyncCursor).values(points=-9e12, points_at=quiet.now, rate=100.0))
    before = cursor(quiet).finished_at
    quiet.move(minutes=1)
    assert quiet.reconcile(quiet.shop_id)
    assert cursor(quiet).finished_at > before
