"""A past is read while processes die and stand still: all of it is here, each order once, and nobody is written to."""

import pytest

from app.flows.models import Enrollment, FollowUp
from app.flows.syncing.importing import begin, run, stages
from app.kit.db import Base
from app.messages.models import Message
from app.orders.imports import ImportStage, ImportState
from app.orders.models import Order, OrderLine
from app.orders.parcels import Fulfillment, FulfillmentEvent
from app.orders.reversals import Refund
from devstore.platform.bulk import run as store_bulk
from devstore.state import engine as store_engine
from devstore.state import models as store
from tests.convergence import test_history
from tests.convergence.conftest import both
from tests.convergence.test_history import at_the_shop, connect, counts, row, turn

__all__ = ["both"]

ACTIONS = ("kill", "raise", "hang", "stop")
READ = (
    (Order, store.Order), (OrderLine, store.LineItem), (Fulfillment, store.Fulfillment),
    (FulfillmentEvent, store.FulfillmentEvent), (Refund, store.Refund),
)  # fmt: skip
FROM_THE_SHOP = {"access_token", "baseline", "history_import", "shop_profile", "shop_setting", "sync_cursor"}


@pytest.fixture(scope="module")
def connected(both):
    """A shop with a past that has let the app in, for the cases of a file."""
    plan = test_history.Plan("crashed", 12, test_history.BEGINNING, years=0.5, orders=12, rates=test_history.NO_BOTS)
    with store_engine.unit_of_work() as session:
        test_history.load(session, plan, test_history.draw(plan), shop_plan="plus")
    both.handle = plan.shop
    both.past_id = connect(both)
    return both


@pytest.fixture
def wired(connected):
    return connected.wired


@pytest.fixture
def past(connected, crash, monkeypatch):
    """The shop as it is when nothing of its past was read yet, and the reading of it is asked for."""
    crash.others = (store_engine.engine(),)
    monkeypatch.setattr("app.flows.syncing.importing.beside_pass.FEW", -1)  # it does not wait for the first pass
    monkeypatch.setattr(stages, "BATCH", 3)
    read = [each for each in reversed(Base.metadata.sorted_tables) if "shop_id" in each.c]
    for table in read:
        if table.name not in FROM_THE_SHOP:
            crash.monitor.execute(f'delete from "{table.name}" where shop_id = %s', [connected.past_id])
    with connected.work_in_shop(connected.past_id) as session:
        begin.begin(session, connected.past_id)
    return connected


def come_to(past, stage):
    """Let the store and the app go on until the reading is at a stage."""
    for _ in range(60):
        store_bulk.run_all()
        past.move(seconds=30)
        if row(past).stage is stage:
            return
        run.read_on(past.wired, past.past_id, 0)  # one step
    raise AssertionError(f"never at {stage}")


def is_all_here(past):
    reading = row(past)
    assert (reading.state, reading.unusable, reading.lease_until) == (ImportState.DONE, 0, None)
    for ours, theirs in READ:
        assert counts(past, ours) == [at_the_shop(past, theirs)], theirs
    assert (reading.orders_read, reading.lines_read) == (
        at_the_shop(past, store.Order),
        at_the_shop(past, store.LineItem),
    )
    assert reading.details_read == reading.details_total
    assert counts(past, Enrollment, FollowUp, Message) == [0, 0, 0]


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize(
    ("point", "at_hit", "stage"),
    [
        ("H1", 1, ImportStage.ASK),
        ("H2", 1, ImportStage.ASK),
        ("H3", 2, ImportStage.ORDERS),
        ("H4", 2, ImportStage.LINES),
        ("H5", 1, ImportStage.DETAILS),
    ],
)
def test_a_reading_goes_on_where_it_was(past, crash, point, at_hit, stage, action):
    come_to(past, stage)
    crash.run(point, action, lambda: run.run_due(past.wired), at_hit=at_hit)
    past.move(minutes=3)
    turn(past)
    is_all_here(past)


def test_who_stood_still_while_another_read_on_counts_nothing_twice(past, crash):
    come_to(past, ImportStage.ORDERS)
    crash.run("H4", "stop", lambda: run.run_due(past.wired), lambda: run.read_on(past.wired, past.past_id, 0))
    turn(past)
    is_all_here(past)
