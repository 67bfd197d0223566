"""The store's clock: it moves by the hour and waits for the app."""

import re
import time
from datetime import datetime, timedelta

import pytest

from devstore.clock import jump as jumping
from devstore.clock.looks import Looks
from devstore.clock.quiet import unfinished
from devstore.state.engine import unit_of_work
from devstore.state.models import Fulfillment, Planned, Shop
from devstore.world.after_uninstall import count_left, redact_left
from devstore.world.planned import count_due, do_one, run_due
from tests.devstore.conftest import SHOP, announced, buy


def offset(store):
    return store.get("/api/clock").json["offset_seconds"]


def wait(store):
    until = time.monotonic() + 30
    while store.get("/api/clock/jump").json["running"]:
        assert time.monotonic() < until
        time.sleep(0.01)
    return store.get("/api/clock/jump").json


def ready(store, **more):
    return lambda: {"clock_offset_s": offset(store), "inbox_received": 0, "follow_ups_due": 0, "calls_due": 0, **more}


def test_it_stands_at_real_time(store):
    now = store.get("/api/clock").json
    assert now["offset_seconds"] == 0
    assert abs(datetime.fromisoformat(now["now"]).timestamp() - time.time()) < 2


def test_a_jump_goes_hour_by_hour_and_asks_the_app_after_each(store, app):
    asked = []
    app.ready = lambda: asked.append(offset(store)) or ready(store)()
    assert store.post("/api/clock", json={"advance_hours": 2.5}).status_code == 202
    done = wait(store)
    assert (done["hours_done"], done["impatient"], offset(store)) == (2.5, 0, 9000)
    assert sorted(set(asked)) == [0, 3600, 7200, 9000]


def test_it_waits_while_something_is_due(store, app):
    left = [3, 2, 1, 0]
    app.ready = lambda: ready(store)() | {"follow_ups_due": left[0] if len(left) == 1 else left.pop(0)}
    store.post("/api/clock", json={"advance_hours": 1})
    assert wait(store)["impatient"] == 0
    assert left == [0]


@pytest.mark.parametrize(
    ("left", "said"),
    [
        ({"inbox_received": 1}, "1 webhook to apply"),
        ({"inbox_received": 2}, "2 webhooks to apply"),
        ({"follow_ups_due": 1}, "1 message to decide"),
        ({"follow_ups_due": 12}, "12 messages to decide"),
        ({"runs_due": 2}, "2 runs of flows to look at"),
        ({"calls_due": 1}, "1 call to make"),
    ],
)
def test_one_of_a_thing_is_said_as_one(store, app, left, said):
    app.ready = ready(store, **left)
    assert unfinished(0) == said


def test_its_patience_ends_and_it_says_so(store, app, monkeypatch):
    monkeypatch.setattr(jumping, "PATIENCE_SECONDS", 0.1)
    app.ready = {"clock_offset_s": -1}
    store.post("/api/clock", json={"advance_hours": 1})
    assert wait(store)["impatient"] == 1
    assert offset(store) == 3600


def test_a_jump_that_waited_long_says_afterwards_for_what(store, app, monkeypatch):
    monkeypatch.setattr(jumping, "PATIENCE_SECONDS", 0.1)
    app.ready = ready(store, follow_ups_due=1)
    store.post("/api/clock", json={"advance_hours": 2})
    took, said = wait(store)["afterwards"].split(": ")
    assert re.fullmatch(r"The last jump took \d s", took)
    assert said == (
        "2 hours passed while it waited for 1 message to decide."
        " What a worker held when it was killed comes free after two minutes."
    )
    app.ready = ready(store)
    store.post("/api/clock", json={"advance_hours": 1})
    assert store.get("/api/clock/jump").json["afterwards"] == "" == wait(store)["afterwards"]


def test_a_long_wait_is_told_even_when_the_app_was_done_in_time(store, app, monkeypatch):
    monkeypatch.setattr(jumping, "LONG_SECONDS", 0.1)
    looks = []  # counted from the first look after the hour: a busy machine may come to it late

    def waits():
        told, now = ready(store)(), time.monotonic()
        if told["clock_offset_s"]:
            looks.append(now)
        return told | {"inbox_received": 2 if looks and now - looks[0] < 0.4 else 0}

    app.ready = waits
    store.post("/api/clock", json={"advance_hours": 1})
    told = r"The last jump took \d s, \d s of it waiting for 2 webhooks to apply\."
    assert re.fullmatch(told, wait(store)["afterwards"])


def test_one_jump_at_a_time(store, app, monkeypatch):
    monkeypatch.setattr(jumping, "PATIENCE_SECONDS", 5)
    app.ready = {"clock_offset_s": -1}
    store.post("/api/clock", json={"advance_hours": 1})
    again = store.post("/api/clock", json={"advance_hours": 1})
    app.ready = ready(store)
    wait(store)
    assert again.status_code == 422
    assert "moving already" in again.json["error"]["message"]


def test_to_the_next_due(store, app):
    due = datetime.fromisoformat(store.get("/api/clock").json["now"]) + timedelta(hours=3)
    app.ready = ready(store, next_due_at=due.isoformat())
    store.post("/api/clock", json={"to_next_due": True})
    wait(store)
    assert 3 * 3600 <= offset(store) <= 3 * 3600 + 2


def test_nothing_planned_is_said_in_words(store, app):
    app.ready = {"next_due_at": None}
    answer = store.post("/api/clock", json={"to_next_due": True})
    assert (answer.status_code, answer.json["error"]["message"]) == (422, "Nothing is planned.")


def test_dates_in_bodies_follow_the_clock(store, app):
    app.ready = ready(store)
    store.post("/api/clock", json={"advance_hours": 48})
    wait(store)
    made = datetime.fromisoformat(buy(store)["created_at"])
    assert abs(made.timestamp() - time.time() - 48 * 3600) < 5


def install(hours_ago=0.0):
    with unit_of_work() as session:
        shop = session.query(Shop).filter_by(handle=SHOP).one()
        shop.installed_at = datetime.now().astimezone() - timedelta(hours=hours_ago)


def test_parcels_stay_where_they_are_until_the_app_is_installed(store):
    with unit_of_work() as session:
        assert count_due(session) == 0
        assert run_due(session) is False


def test_after_a_day_most_parcels_have_arrived_and_each_scan_was_told(store):
    install(hours_ago=24)
    with unit_of_work() as session:
        due = count_due(session)
        while run_due(session):
            pass
        arrived = session.query(Fulfillment).filter_by(shipment_status="delivered").count()
        left = session.query(Planned).count()
    told = announced("fulfillment_events/create")
    assert due == len(told) > 15
    assert arrived > 370
    assert left > 5
    assert all(body["happened_at"] <= body["created_at"] for _, body in told)


def test_the_world_goes_on_in_its_own_thread_and_a_jump_waits_for_it(store, app):
    install()
    app.ready = ready(store)
    world = Looks("world", do_one, 0.05)
    world.start()
    try:
        with unit_of_work(announce=False) as session:
            before = session.query(Planned).count()
        store.post("/api/clock", json={"advance_hours": 1})
        until = time.monotonic() + 10
        while time.monotonic() < until:
            with unit_of_work(announce=False) as session:
                if not count_due(session) and session.query(Planned).count() < before:
                    break
            time.sleep(0.05)
    finally:
        world.stop()
        jumping.jump.stop()
        jumping.jump._ending.clear()
    emails = {body["email"] for _, body in announced("fulfillments/update") if body["shipment_status"] == "delivered"}
    assert "ana@example.com" in emails


def test_hours_in_which_nobody_plans_anything_pass_six_at_a_time(store, app):
    steps = []
    due = datetime.fromisoformat(store.get("/api/clock").json["now"]) + timedelta(hours=14.5)
    app.ready = lambda: steps.append(offset(store) // 3600) or ready(store, next_due_at=due.isoformat())()
    store.post("/api/clock", json={"advance_hours": 16})
    assert wait(store)["impatient"] == 0
    assert sorted(set(steps)) == [0, 6, 12, 14, 15, 16]


def test_two_days_after_an_uninstall_the_app_is_asked_to_forget_the_shop_once(store):
    with unit_of_work() as session:
        shop = session.query(Shop).filter_by(handle=SHOP).one()
        shop.installed, shop.uninstalled_at = False, datetime.now().astimezone() - timedelta(hours=47)
        assert count_left(session) == 0
        shop.uninstalled_at -= timedelta(hours=2)
    with unit_of_work() as session:
        assert redact_left(session) is True
    with unit_of_work() as session:
        assert redact_left(session) is False
    assert [body["shop_domain"] for _, body in announced("shop/redact")] == [f"{SHOP}.myshopify.com"]
