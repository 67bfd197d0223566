"""Webhooks on the wire: signed, timed, retried, and as unreliable as asked for."""

import collections
import json
import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devstore.state.engine import unit_of_work
from devstore.state.models import Clock, Faults, WebhookDelivery
from devstore.webhooks import deliver
from devstore.webhooks.announce import draw
from devstore.webhooks.schedule import WAITS, next_try
from devstore.webhooks.send import Sender, attempt, find_due
from devstore.webhooks.subscriptions import AppFileWatch, read_deployed
from tests.devstore.conftest import SHOP, buy, signature


def send_all(rounds=20):
    for _ in range(rounds):
        due = find_due(100, set())
        if not due:
            return
        for key in due:
            attempt(key)


def log(store, **filters):
    return store.get("/api/webhooks", query_string={"limit": 1000, **filters}).json["webhooks"]


def test_a_delivery_carries_shopifys_headers_and_a_signature_over_its_bytes(store, app):
    buy(store, email="zoë@example.com")
    send_all()
    headers, body = next(one for one in app.got if one[0]["X-Shopify-Topic"] == "orders/paid")
    assert headers["X-Shopify-Hmac-Sha256"] == signature(body)
    assert headers["X-Shopify-Shop-Domain"] == f"{SHOP}.myshopify.com"
    assert headers["X-Shopify-API-Version"] == "2026-10"
    assert headers["Content-Type"] == "application/json"
    assert datetime.fromisoformat(headers["X-Shopify-Triggered-At"]).tzinfo == UTC
    assert json.loads(body)["email"] == "zoë@example.com"
    assert "zoë".encode() in body


def test_one_action_is_one_event_of_several_webhooks(store, app):
    buy(store)
    buy(store)
    send_all()
    assert len({headers["X-Shopify-Webhook-Id"] for headers, _ in app.got}) == len(app.got)
    assert len({headers["X-Shopify-Event-Id"] for headers, _ in app.got}) == 2


@pytest.mark.parametrize("status", [301, 302, 401, 404, 422, 500, 503])
def test_anything_but_2xx_fails_and_is_tried_again_with_the_same_id_and_bytes(store, app, status):
    app.answer = status
    buy(store)
    send_all(1)
    tried = log(store)
    assert {(one["state"], one["status"], one["attempts"]) for one in tried} == {("waiting", status, 1)}
    app.answer, first = 204, list(app.got)
    app.got.clear()
    with unit_of_work() as session:
        session.get_one(Clock, 1).offset_seconds = 90
    send_all()
    assert {one["state"] for one in log(store)} == {"delivered"}
    assert {(one[0]["X-Shopify-Webhook-Id"], one[1]) for one in first} == {
        (one[0]["X-Shopify-Webhook-Id"], one[1]) for one in app.got
    }


def test_after_eight_retries_it_is_given_up(store, app):
    app.answer = 500
    buy(store)
    with unit_of_work(announce=False) as session:
        key = session.query(WebhookDelivery.id).first()[0]
    for _ in range(9):
        attempt(key)
    row = store.get(f"/api/webhooks/{key}").json
    assert (row["state"], row["attempts"]) == ("failed", 9)


def test_an_app_that_is_not_there_is_an_error_not_a_crash(store, app):
    app.close()
    try:
        buy(store)
        send_all(1)
        assert all("ConnectionRefused" in one["error"] for one in log(store))
    finally:
        app.thread = type(app.thread)()
        app.close = lambda: None


def test_an_app_that_takes_too_long_has_failed(store, app, monkeypatch):
    monkeypatch.setattr(deliver, "TOTAL_SECONDS", 0.05)
    app.ready, slow = {}, app.server.RequestHandlerClass.do_POST

    def late(handler):
        time.sleep(0.2)
        slow(handler)

    app.server.RequestHandlerClass.do_POST = late
    buy(store)
    send_all(1)
    assert all(one["status"] is None and "imeout" in one["error"] for one in log(store))


def test_the_sender_sends_by_itself_and_stops_when_told(store, app):
    sender = Sender()
    sender.start()
    try:
        buy(store)
        until = time.monotonic() + 10
        while len(app.got) < 4 and time.monotonic() < until:
            time.sleep(0.01)
    finally:
        sender.stop()
    assert len(app.got) == 4
    assert store.get("/api/webhooks").json["waiting"] == 0


def test_lost_means_never_sent_and_spares_what_shopify_does_deliver(store, app):
    store.post("/api/faults", json={"lose": 1})
    buy(store)
    store.post("/api/customers/ana@example.com/redact")
    send_all()
    states = {one["topic"]: one["state"] for one in log(store)}
    assert states == {
        "customers/create": "lost",
        "orders/create": "lost",
        "orders/paid": "lost",
        "orders/updated": "lost",
        "customers/redact": "delivered",
    }


def test_one_topic_can_be_lost_alone_and_the_counts_say_so(store, app):
    store.post("/api/faults", json={"lose_topics": {"orders/create": 1}})
    buy(store)
    send_all()
    counts = store.get("/api/webhooks/counts").json["topics"]
    assert counts["orders/create"] == {"lost": 1}
    assert counts["orders/paid"] == {"delivered": 1}
    store.post("/api/faults", json={"lose_topics": {}})
    buy(store)
    send_all()
    assert store.get("/api/webhooks/counts").json["topics"]["orders/create"] == {"lost": 1, "delivered": 1}


def test_copies_share_id_and_bytes(store, app):
    store.post("/api/faults", json={"copies": 3})
    buy(store)
    send_all()
    counted = collections.Counter((headers["X-Shopify-Webhook-Id"], body) for headers, body in app.got)
    assert set(counted.values()) == {3}
    assert len(counted) == 4


def test_delayed_webhooks_wait_until_the_stores_clock_says_so(store, app):
    store.post("/api/faults", json={"delay_seconds": 1800})
    buy(store)
    send_all()
    assert app.got == []
    app.ready = lambda: {"clock_offset_s": store.get("/api/clock").json["offset_seconds"]}
    store.post("/api/clock", json={"advance_hours": 1})
    sender = Sender()
    sender.start()
    until = time.monotonic() + 20
    while store.get("/api/clock/jump").json["running"] and time.monotonic() < until:
        time.sleep(0.02)
    sender.stop()
    assert len(app.got) == 4


@given(st.integers(), st.integers(1, 10**6), st.floats(0, 1), st.integers(1, 5), st.floats(0, 100))
def test_the_same_seed_and_place_give_the_same_fate(seed, place, lose, copies, shuffle):
    faults = Faults(seed=seed, copies=copies, shuffle_seconds=shuffle, delay_seconds=7.0)
    first, second = [draw(faults, "orders/paid", place, lose=lose) for _ in range(2)]
    assert (first.lost, first.waits) == (second.lost, second.waits)
    assert all(7 <= wait <= 107 for wait in first.waits)
    assert draw(faults, "app/uninstalled", place, lose=1).lost is False


def test_a_fifth_lost_is_about_a_fifth():
    faults = Faults(seed=3, copies=1, shuffle_seconds=0.0, delay_seconds=0.0)
    assert 150 < sum(draw(faults, "orders/paid", place, lose=0.2).lost for place in range(1000)) < 250


def test_eight_retries_fit_into_four_hours_of_either_clock():
    now = datetime(2026, 11, 21, tzinfo=UTC)
    store = real = now
    for attempts in range(1, 9):
        due = next_try(attempts, store_now=store, real_now=real, window_seconds=60)
        assert due is not None
        store, real = due
    assert (store - now, real - now) == (timedelta(hours=4), timedelta(seconds=60))
    assert next_try(len(WAITS) + 1, store_now=store, real_now=real, window_seconds=60) is None


def test_addresses_follow_the_app_wherever_it_runs():
    deployed = read_deployed(
        {
            "application_url": "https://app.example.com/",
            "webhooks": {
                "api_version": "2026-10",
                "subscriptions": [
                    {"topics": ["orders/paid"], "uri": "/webhooks", "name": "paid"},
                    {"topics": ["orders/paid"], "uri": "https://other.example.com/x"},
                    {"compliance_topics": ["shop/redact"], "uri": "https://app.example.com/webhooks"},
                ],
            },
        }
    )
    here = "http://127.0.0.1:8000"
    assert [deployed.address(one, here) for one in deployed.to("orders/paid")] == [
        f"{here}/webhooks",
        "https://other.example.com/x",
    ]
    assert [deployed.address(one, here) for one in deployed.to("shop/redact")] == [f"{here}/webhooks"]


def test_the_file_is_read_again_when_it_changes_and_a_broken_one_changes_nothing(tmp_path):
    watch, file = AppFileWatch(tmp_path), tmp_path / "shopify.app.toml"
    assert watch.current().subscriptions == ()
    file.write_text('[webhooks]\n[[webhooks.subscriptions]]\ntopics=["orders/paid"]\nuri="/a"\n')
    assert [one.topic for one in watch.current().subscriptions] == ["orders/paid"]
    file.write_text("[webhooks\n")
    assert [one.topic for one in watch.current().subscriptions] == ["orders/paid"]
    file.write_text('[webhooks]\n[[webhooks.subscriptions]]\ntopics=["orders/create"]\nuri="/longer"\n')
    assert [one.topic for one in watch.current().subscriptions] == ["orders/create"]
