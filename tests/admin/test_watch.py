"""Late is said once for each silence, of parcels and of orders nobody sends."""

from sqlalchemy import select

from app.kit.engines import SYSTEM
from app.kit.events import emit
from app.kit.work import unit_of_work
from app.orders.arrival.unsent import note_unsent
from app.orders.arrival.watch import run_due, waiting
from app.orders.models import Order
from app.orders.parcels import Fulfillment
from app.orders.record.parcel import delete_scan
from app.orders.record.told import WEBHOOK, Told
from app.shops.models import Shop, ShopStatus
from tests.admin.lanes_shop import events, late_one, learn, parcel_of, scan, shop
from tests.admin.merchant import DAY

assert shop  # a fixture


def test_a_late_parcel_is_said_to_be_late_once_for_each_silence(shop):
    learn(shop)
    order = late_one(shop)
    with unit_of_work(shop.wired, role=SYSTEM) as session:
        assert waiting(session)
    assert run_due(shop.wired) == 1
    assert run_due(shop.wired) == 0
    (told,) = events(shop, order, "delayed")
    assert told.source == "watch"
    assert told.changed["by"] in {"expected_passed", "no_scan"}
    assert told.happened_at == parcel_of(shop, order).delayed_at <= shop.now

    scan(shop, order, "in_transit", n=2)  # it moves again: the episode is over
    assert parcel_of(shop, order).delayed_at is None
    assert run_due(shop.wired) == 0
    shop.pass_time(days=6)
    assert run_due(shop.wired) == 1
    assert len(events(shop, order, "delayed")) == 2


def test_a_scan_taken_back_does_not_say_the_same_twice(shop):
    order = late_one(shop)
    run_due(shop.wired)
    scan(shop, order, "in_transit", n=2)
    with shop.work() as session:
        parcel = session.scalars(select(Fulfillment).where(Fulfillment.order_id == order)).one()
        delete_scan(session, parcel, 100 * order + 2, Told(WEBHOOK, shop.now, shop.now))
    run_due(shop.wired)
    assert len(events(shop, order, "delayed")) == 1


def test_a_parcel_that_arrived_is_not_late(shop):
    order = late_one(shop)
    scan(shop, order, "delivered", n=2)
    assert run_due(shop.wired) == 0
    assert events(shop, order, "delayed") == []


def stalled(shop, paid_days_ago):
    order = shop.order("Grace", placed=paid_days_ago, paid_at=shop.now - paid_days_ago * DAY)
    with shop.work() as session:
        note_unsent(session, session.get_one(Order, (shop.id, order)))
    return order


def test_an_order_paid_and_not_sent_for_four_working_days_has_stalled(shop):
    fresh, old = stalled(shop, 3), stalled(shop, 7)
    assert run_due(shop.wired) == 1
    assert events(shop, fresh, "fulfilment_stalled") == []
    assert len(events(shop, old, "fulfilment_stalled")) == 1
    assert run_due(shop.wired) == 0
    shop.pass_time(days=4)
    assert run_due(shop.wired) == 1
    assert len(events(shop, fresh, "fulfilment_stalled")) == 1


def test_an_order_that_cannot_be_told_of_keeps_no_other_waiting(shop, monkeypatch):
    bad, good = stalled(shop, 7), stalled(shop, 7)

    def emit_but_one(session, event):
        if event.order_id == bad:
            raise ValueError
        emit(session, event)

    with monkeypatch.context() as broken:
        broken.setattr("app.orders.arrival.watch.emit", emit_but_one)
        assert run_due(shop.wired) == 1
    assert [len(events(shop, order, "fulfilment_stalled")) for order in (bad, good)] == [0, 1]
    assert run_due(shop.wired) == 1
    assert len(events(shop, bad, "fulfilment_stalled")) == 1


def test_many_that_cannot_be_told_of_do_not_stand_before_the_others(shop, monkeypatch):
    bad, good = [stalled(shop, 7) for _ in range(3)], stalled(shop, 7)

    def emit_but_some(session, event):
        if event.order_id in bad:
            raise ValueError
        emit(session, event)

    with monkeypatch.context() as broken:
        broken.setattr("app.orders.arrival.watch.AT_ONCE", 2)
        broken.setattr("app.orders.arrival.watch.emit", emit_but_some)
        assert run_due(shop.wired) == 1
    assert [len(events(shop, order, "fulfilment_stalled")) for order in (*bad, good)] == [0, 0, 0, 1]


def test_a_shop_that_left_is_left_alone(shop):
    late_one(shop)
    with unit_of_work(shop.wired, role=SYSTEM) as session:
        session.get_one(Shop, shop.id).status = ShopStatus.UNINSTALLED
    assert run_due(shop.wired) == 0
