"""Reading a shop's past: whole after any stop, nobody enrolled or written to, and a baseline that stays."""

import time
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from app.customers.models import Customer
from app.flows.models import Enrollment, FollowUp
from app.flows.pages.home.reading import reading
from app.flows.syncing.importing import begin, beside_pass, run, stages
from app.flows.syncing.importing.progress import progress
from app.messages.models import Message
from app.orders.imports import Baseline, HistoryImport, ImportStage, ImportState
from app.orders.models import Order, OrderEvent, OrderLine
from app.orders.parcels import Fulfillment, FulfillmentEvent
from app.orders.reversals import Refund, ReturnCase
from app.shopify.asking import file_store
from devstore.generator.history import Plan, draw
from devstore.generator.load import load
from devstore.generator.rates import Rates
from devstore.platform.announce import grant
from devstore.platform.bulk import run as store_bulk
from devstore.platform.bulk.tables import BulkOperation
from devstore.state import models as store
from devstore.state.engine import unit_of_work as store_work
from tests.convergence.compare import compare
from tests.convergence.side_by_side import BEGINNING

ORDERS = 30
NAME = "made-up"
NO_BOTS = Rates(bulk_buyers=0, card_testers=0)


@pytest.fixture
def past(request, both, monkeypatch):
    """A shop with half a year behind it that has just let the app in; both programs share one clock."""
    monkeypatch.setattr(beside_pass, "FEW", -1)  # counted among the large: it does not wait for the first pass
    name = f"{NAME}-{request.node.name.replace('_', '-').replace('[', '-').rstrip(']')}"[-50:].strip("-")
    plan = Plan(name, 12, BEGINNING, years=0.5, orders=ORDERS, rates=NO_BOTS)
    with store_work() as session:
        load(session, plan, draw(plan), shop_plan="plus")
    both.handle = name
    return both


def connect(both, *, all_orders=True):
    """Let the app in and return our id of the shop; `all_orders` says whether it may look back beyond 60 days."""
    shop_id = both.open_app(both.handle)
    if all_orders:
        with store_work() as session:
            shop = session.scalars(select(store.Shop).where(store.Shop.handle == both.handle)).one()
            grant(session, shop, ["read_all_orders"])
        both.deliver()
        both.apply()
    return shop_id


def turn(both, *, steps=60):
    """Let the store and the app take turns until nothing more can be done without waiting."""
    for _ in range(steps):
        store_bulk.run_all()
        both.deliver()
        both.apply()
        if not run.run_due(both.wired):
            both.move(seconds=30)
        with both.work_in_shop(both.past_id) as session:
            if session.scalars(select(HistoryImport.state)).one() is not ImportState.RUNNING:
                return


def read_all(both, **more):
    both.past_id = connect(both, **more)
    turn(both)
    return both.past_id


def row(both):
    with both.work_in_shop(both.past_id) as session:
        return session.scalars(select(HistoryImport)).one()


def counts(both, *tables):
    with both.work_in_shop(both.past_id) as session:
        return [session.scalar(select(func.count()).select_from(table)) for table in tables]


def at_the_shop(both, table):
    with store_work(announce=False) as session:
        shop = session.scalars(select(store.Shop).where(store.Shop.handle == both.handle)).one()
        return session.scalar(select(func.count()).select_from(table).where(table.shop_id == shop.id))


def test_all_of_the_past_is_read_and_nobody_is_enrolled_or_written_to(past):
    read_all(past)
    assert row(past).state is ImportState.DONE
    assert (row(past).is_whole, row(past).unusable) == (True, 0)
    for ours, theirs in (
        (Order, store.Order), (OrderLine, store.LineItem), (Fulfillment, store.Fulfillment),
        (FulfillmentEvent, store.FulfillmentEvent), (Refund, store.Refund), (ReturnCase, store.Return),
    ):  # fmt: skip
        assert counts(past, ours) == [at_the_shop(past, theirs)], theirs
    assert counts(past, Enrollment, FollowUp, Message) == [0, 0, 0]
    assert past.sink() == []
    assert counts(past, OrderEvent) > counts(past, Order)


def test_what_was_read_equals_the_shops_truth(past):
    with store_work(announce=False) as session:
        session.scalars(select(store.Order).limit(1)).one().source_name = "subscription_contract"
    shop_id = read_all(past)
    past.reconcile(shop_id)  # products, and customers who never bought
    found = compare(past.wired, shop_id, f"{past.handle}.myshopify.com")
    assert found.compared > 1_000
    assert found.differences == []


def test_without_leave_to_look_back_it_reads_sixty_days_and_says_so(past):
    read_all(past, all_orders=False)
    with past.work_in_shop(past.past_id) as session:
        oldest = session.scalar(select(func.min(Order.placed_at)))
        assert "Your last 60 days are read" in progress(session).words
        assert "Older orders need your leave and Shopify's." in progress(session).words
    assert oldest > past.now - timedelta(days=60)
    assert not row(past).is_whole
    before = counts(past, Order)[0]
    with store_work() as session:
        shop = session.scalars(select(store.Shop).where(store.Shop.handle == past.handle)).one()
        grant(session, shop, ["read_all_orders"])
    past.deliver()
    past.apply()
    turn(past)
    assert counts(past, Order)[0] == at_the_shop(past, store.Order) > before
    with past.work_in_shop(past.past_id) as session:
        assert "Your last two years are read" in progress(session).words


class Breaking(httpx.BaseTransport):
    """Carry a file until so many bytes of it have come, then hang up; once for each place given."""

    def __init__(self, inner, *places):
        self.inner, self.places, self.asked = inner, list(places), []

    def handle_request(self, request):
        answer = self.inner.handle_request(request)
        self.asked.append(request.headers.get("Range"))
        if not self.places:
            return answer
        return httpx.Response(answer.status_code, headers={}, stream=Broken(answer.read(), self.places.pop(0)))


class Broken(httpx.SyncByteStream):
    def __init__(self, body, most):
        self.body, self.most = body, most

    def __iter__(self):
        for start in range(0, min(self.most, len(self.body)), 777):
            yield self.body[start : min(start + 777, self.most)]
        raise httpx.ReadError("gone")


@pytest.fixture
def through(past):
    """Give the app's way to files another transport."""
    before = past.wired.parts["files"]

    def put(wrap):
        inner = before._transport._inner
        carried = wrap(inner)
        past.wired.parts["files"] = file_store.open_files("http://127.0.0.1:9000", carried)
        return carried

    yield put
    past.wired.parts["files"] = before


def test_a_line_that_breaks_anywhere_is_taken_up_where_it_broke(past, through, monkeypatch):
    monkeypatch.setattr(stages, "BATCH", 20)
    carried = through(lambda inner: Breaking(inner, 0, 1, 9_000, 15_000, 16_000))
    read_all(past)
    assert row(past).state is ImportState.DONE
    assert not carried.places
    assert any(carried.asked)
    assert counts(past, Order, OrderLine) == [at_the_shop(past, store.Order), at_the_shop(past, store.LineItem)]


def test_a_process_that_dies_in_the_middle_loses_and_repeats_nothing(past, monkeypatch):
    monkeypatch.setattr(stages, "BATCH", 15)
    kept, left = stages.keep_orders, [3]

    def die(*given):
        left[0] -= 1
        if not left[0]:
            raise KeyboardInterrupt
        return kept(*given)

    monkeypatch.setattr(stages, "keep_orders", die)
    past.past_id = connect(past)
    with pytest.raises(KeyboardInterrupt):
        turn(past)
    first = row(past)
    assert (first.stage, first.orders_read) == (ImportStage.ORDERS, 30)
    with past.work_in_shop(past.past_id) as session:  # its lease runs out
        session.execute(text("update history_import set lease_until = now() - interval '1 second'"))
    turn(past)
    assert row(past).orders_read == at_the_shop(past, store.Order) == counts(past, Order)[0]


def test_an_address_that_went_out_of_use_is_asked_for_again(past, monkeypatch):
    monkeypatch.setattr(stages, "BATCH", 40)
    past.past_id = connect(past)
    store_bulk.run_all()
    past.move(seconds=30)
    for _ in range(3):
        run.read_on(past.wired, past.past_id, 0)  # a step each
        past.move(seconds=30)
        store_bulk.run_all()
    before = row(past)
    assert before.position
    assert past.store.post("/api/bulk/expire-addresses").status_code == 200
    turn(past)
    assert row(past).operation == before.operation
    assert counts(past, Order)[0] == at_the_shop(past, store.Order)


def test_an_operation_that_is_gone_is_begun_anew(past):
    past.past_id = connect(past)
    run.run_due(past.wired)
    with store_work() as session:
        first = session.scalars(select(BulkOperation).order_by(BulkOperation.id.desc())).first()
        first.status = "failed"
    turn(past)
    assert row(past).operation != first.id
    assert row(past).state is ImportState.DONE
    assert counts(past, Order)[0] == at_the_shop(past, store.Order)


def test_the_baseline_is_frozen_once_and_holds_what_the_orders_say(past):
    read_all(past)
    with past.work_in_shop(past.past_id) as session:
        frozen = session.scalars(select(Baseline)).one()
        figures = frozen.figures
        counted = select(func.count()).where(~Order.is_test, Order.cancelled_at.is_(None))
        assert figures["orders"] == session.scalar(counted)
        assert figures["reviews"] == 0
        again = figures["again_within_60_days"]
        assert 0 < again["count"] < again["base"]
        assert again["interval"][0] < again["count"] / again["base"] < again["interval"][1]
        assert 0.5 < figures["tracked"]["count"] / figures["tracked"]["base"] < 1
        assert figures["days_to_delivery"]
        begin.begin(session, past.past_id)
    turn(past)
    with past.work_in_shop(past.past_id) as session:
        after = session.scalars(select(Baseline)).one()
        assert (after.figures, after.frozen_at) == (figures, frozen.frozen_at)
    with pytest.raises(DBAPIError, match="never changed"), past.work_in_shop(past.past_id) as session:
        session.execute(text("update baseline set frozen_at = now()"))


def test_the_page_says_how_far_it_is_and_lets_the_merchant_leave(past, monkeypatch):
    monkeypatch.setattr(stages, "BATCH", 30)
    past.past_id = connect(past)
    assert "You can leave this page." in words(past)
    run.run_due(past.wired)
    assert words(past).startswith("Shopify is getting")
    store_bulk.run_all()
    past.move(seconds=30)
    for _ in range(2):
        run.read_on(past.wired, past.past_id, time.monotonic())
    assert f" of {at_the_shop(past, store.Order)} orders" in words(past)
    turn(past)
    assert words(past).startswith("Your last two years are read: ")
    with past.work_in_shop(past.past_id) as session:
        assert not reading(session).finished  # the goods are still to be read
        session.execute(text("update sync_cursor set stage = 'orders'"))
        assert reading(session).finished


def words(both):
    with both.work_in_shop(both.past_id) as session:
        return progress(session).words


def test_known_orders_are_left_as_they_are(past):
    past.past_id = connect(past)
    past.reconcile(past.past_id)
    with past.work_in_shop(past.past_id) as session:
        known = dict(session.execute(select(Order.shopify_id, Order.id)).all())
        people = session.scalar(select(func.count()).select_from(Customer))
    assert known
    turn(past)
    with past.work_in_shop(past.past_id) as session:
        after = dict(session.execute(select(Order.shopify_id, Order.id)).all())
        assert known.items() <= after.items()
        assert session.scalar(select(func.count()).select_from(Customer)) >= people
