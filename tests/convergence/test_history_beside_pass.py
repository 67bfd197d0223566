"""A small shop's past is read after its first pass, and nothing of it twice."""

from datetime import timedelta

import pytest

from app.flows.pages.home.reading import reading
from app.flows.syncing import sync
from app.flows.syncing.importing import beside_pass, run
from app.flows.syncing.importing.progress import progress
from app.orders.imports import ImportStage, ImportState
from app.orders.models import Order
from devstore.platform.bulk.tables import BulkOperation
from devstore.state import models as store
from devstore.state.engine import unit_of_work as store_work
from tests.convergence.test_history import at_the_shop, connect, counts, past, row, turn, words

__all__ = ["past"]


@pytest.fixture
def small(past, monkeypatch):
    """A shop whose last sixty days a first pass soon has read."""
    monkeypatch.setattr(beside_pass, "FEW", 1_000)
    return past


def operations(both):
    """Return what the shop was asked in bulk: how many orders each operation gave."""
    with store_work(announce=False) as session:
        shop = session.query(store.Shop).filter_by(handle=both.handle).one()
        return [one.root_object_count for one in session.query(BulkOperation).filter_by(shop_id=shop.id)]


def older(both):
    """Return how many orders the shop had before the sixty days a pass reads."""
    with store_work(announce=False) as session:
        shop = session.query(store.Shop).filter_by(handle=both.handle).one()
        mine = session.query(store.Order).filter_by(shop_id=shop.id)
        return mine.filter(store.Order.created_at < both.now - timedelta(days=60)).count()


def first_pass(both):
    while sync.run_due(both.wired):
        pass


def test_it_waits_for_the_first_pass_and_asks_for_what_is_older_alone(small):
    small.past_id = connect(small)
    run.run_due(small.wired)
    assert (row(small).stage, operations(small)) == (ImportStage.ASK, [])
    first_pass(small)
    assert 0 < counts(small, Order)[0] < at_the_shop(small, store.Order)
    turn(small)
    assert row(small).state is ImportState.DONE
    assert counts(small, Order)[0] == at_the_shop(small, store.Order) == row(small).orders_read
    assert operations(small) == [older(small)]


def test_where_sixty_days_are_all_it_may_see_the_pass_has_read_them(small):
    small.past_id = connect(small, all_orders=False)
    first_pass(small)
    with small.work_in_shop(small.past_id) as session:
        assert reading(session).finished
    run.run_due(small.wired)
    assert operations(small) == []
    assert row(small).state is ImportState.DONE
    assert words(small).startswith(f"Your last 60 days are read: {counts(small, Order)[0]} orders.")


def test_until_the_pass_is_over_one_progress_is_shown(small):
    small.past_id = connect(small)
    run.run_due(small.wired)
    with small.work_in_shop(small.past_id) as session:
        assert not reading(session).finished  # the page of the first reading, which has no other bar
    first_pass(small)
    with small.work_in_shop(small.past_id) as session:
        assert reading(session).finished
        assert not progress(session).is_over


def test_a_pass_that_takes_too_long_or_fails_holds_nothing_up(small):
    small.past_id = connect(small)
    run.run_due(small.wired)
    small.move(to=small.now + beside_pass.PATIENCE + timedelta(minutes=1))
    run.run_due(small.wired)
    assert row(small).stage is ImportStage.WAIT


def test_a_large_shop_does_not_wait(small, monkeypatch):
    monkeypatch.setattr(beside_pass, "FEW", 0)
    small.past_id = connect(small)
    run.run_due(small.wired)
    assert row(small).stage is ImportStage.WAIT
