"""/readyz/ledger: what became of all that was due, for a developer's machine alone."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from app.flows.models import FollowUp, FollowUpState, ShopLease
from app.flows.planning.by_hand.start import Choice, start
from app.flows.sending import drain
from app.kit import runtime
from app.messages.models import Message, MessageState
from tests.admin.merchant import DAY

NONE = {"due": 0, "sent": 0, "not_sent": 0, "unknown": 0, "under_way": 0, "undone": 0}
LONG_AGO = timedelta(hours=2)


@pytest.fixture
def running(merchant, wired, monkeypatch):
    """A shop whose flows run, in an app that knows a simulated store."""
    with merchant.work() as session:
        start(session, Choice(), by="user:7")
    monkeypatch.setattr(runtime, "current", lambda: replace(wired, config=in_demo(wired.config)))
    return merchant


def in_demo(config, **changes):
    return replace(config, **{"env": "development", "gateway_url": "http://127.0.0.1:9000"} | changes)


def books(merchant):
    return merchant.client.get("/readyz/ledger").json["shops"].get(merchant.domain, NONE)


def all_rows(merchant, table, **values):
    with merchant.work() as session:
        session.execute(update(table).where(table.shop_id == merchant.id).values(**values))


def test_every_due_message_is_in_one_kind(running, neighbour, serve, wired):
    serve()
    assert books(running) == NONE
    running.order("Ana", placed=0)
    assert books(running) == NONE | {"due": 1, "under_way": 1}
    drain.drain(wired)
    assert books(running) == NONE | {"due": 1, "sent": 1}

    for state, kind in ((MessageState.UNKNOWN, "unknown"), (MessageState.REJECTED, "not_sent")):
        all_rows(running, Message, state=state)
        assert books(running) == NONE | {"due": 1, kind: 1}
    assert books(neighbour) == NONE


def test_what_waits_with_a_reason_is_not_sent_and_what_nobody_holds_is_undone(running):
    running.order("Ana", placed=0)
    all_rows(running, FollowUp, due_at=running.now - LONG_AGO)
    assert books(running) == NONE | {"due": 1, "undone": 1}
    all_rows(running, FollowUp, state=FollowUpState.HELD, reason="return_open")
    assert books(running) == NONE | {"due": 1, "not_sent": 1}


@pytest.mark.parametrize("table", [FollowUp, ShopLease])
def test_what_a_killed_worker_held_is_under_way_until_it_could_have_been_taken_up(running, table):
    running.order("Ana", placed=0)
    real = datetime.now(UTC)
    all_rows(running, FollowUp, due_at=running.now - LONG_AGO, state=FollowUpState.CLAIMED)
    all_rows(running, table, lease_until=real - timedelta(minutes=1))
    assert books(running) == NONE | {"due": 1, "under_way": 1}
    all_rows(running, table, lease_until=real - timedelta(minutes=4))
    assert books(running) == NONE | {"due": 1, "undone": 1}


def test_what_comes_later_and_what_was_before_the_start_are_not_due(merchant, running):
    order = running.order("Ana", placed=0)
    all_rows(running, FollowUp, due_at=running.now + DAY)
    assert books(running) == NONE
    all_rows(running, FollowUp, due_at=running.now - DAY, state="done", outcome="skipped", reason="before_start")
    assert order
    assert books(running) == NONE


@pytest.mark.parametrize("changes", [{"env": "production"}, {"gateway_url": None}])
def test_nobody_else_can_read_it(running, wired, monkeypatch, changes):
    monkeypatch.setattr(runtime, "current", lambda: replace(wired, config=in_demo(wired.config, **changes)))
    assert running.client.get("/readyz/ledger").status_code == 404
