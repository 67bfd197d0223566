"""Writes to Shopify as rows: once per key, newest content, and no reply is needed to get it right."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from app.kit.engines import SYSTEM
from app.kit.work import unit_of_work
from app.shopify.asking import outgoing
from app.shopify.asking.admin_faults import (
    AccessDenied,
    Rejected,
    Throttled,
    TokenRefused,
    Unreachable,
    UserError,
    UserErrors,
)
from app.shopify.asking.outgoing import NotNow
from app.shopify.models import CallState, OutgoingCall
from app.shops.install import ensure_installed


class Shelf:
    """Stand for what is kept at Shopify: an upsert by key, and faults to come."""

    def __init__(self):
        self.kept, self.runs, self.faults = {}, [], []

    def run(self, _session, _client, payload):
        self.runs.append(payload)
        fault = self.faults.pop(0) if self.faults else None
        if isinstance(fault, Exception) and not isinstance(fault, Unreachable):
            raise fault
        self.kept[payload["key"]] = payload["value"]
        if fault is not None:
            raise fault  # the reply is lost: the write itself was made


@pytest.fixture
def shelf(wired):
    made = Shelf()
    wired.parts["callers"] = {"shelf": made.run}
    wired.parts["admin"] = lambda _session, _shop_id: None
    wired.parts["access_lost"] = lambda _runtime, shop_id: made.runs.append(f"access lost in {shop_id}")
    with unit_of_work(wired) as session:
        ensure_installed(session, "kiln-and-kettle.myshopify.com")
    return made


def ask(wired, value, key="a"):
    with unit_of_work(wired, shop_id=1) as session:
        outgoing.request(session, f"shelf:{key}", "shelf", {"key": key, "value": value})


def rows(wired):
    with unit_of_work(wired, shop_id=1) as session:
        return session.scalars(select(OutgoingCall).order_by(OutgoingCall.natural_key)).all()


def later(wired):
    """Let the time of every put-off call come."""
    with unit_of_work(wired, shop_id=1) as session:
        session.execute(update(OutgoingCall).values(next_at=func.now() - timedelta(seconds=1)))


def is_waiting(wired):
    with unit_of_work(wired, role=SYSTEM) as session:
        return outgoing.waiting(session)


def test_a_call_is_run_once(wired, shelf):
    ask(wired, 1)
    assert is_waiting(wired)
    assert outgoing.run_due(wired) == 1
    assert outgoing.run_due(wired) == 0
    assert not is_waiting(wired)
    assert shelf.kept == {"a": 1}
    assert [row.state for row in rows(wired)] == [CallState.DONE]


def test_a_call_that_kills_whoever_makes_it_is_given_up_until_it_is_asked_for_anew(wired, shelf, monkeypatch):
    def die(*_):
        raise SystemExit

    ask(wired, 1)
    with monkeypatch.context() as deadly:
        deadly.setitem(wired.parts, "callers", {"shelf": die})
        for _ in range(outgoing.MAX_ATTEMPTS):
            with pytest.raises(SystemExit):
                outgoing.run_due(wired)
            with unit_of_work(wired, shop_id=1) as session:
                session.execute(update(OutgoingCall).values(lease_until=func.now() - timedelta(seconds=1)))
    assert outgoing.run_due(wired) == 0
    assert [(row.state, row.reason) for row in rows(wired)] == [
        (CallState.FAILED, f"whoever made it died, {outgoing.MAX_ATTEMPTS} times")
    ]
    assert not is_waiting(wired)
    ask(wired, 2)
    assert outgoing.run_due(wired) == 1
    assert shelf.kept == {"a": 2}


def test_asking_twice_for_one_key_is_one_call_with_the_newest_content(wired, shelf):
    ask(wired, 1)
    ask(wired, 2)
    assert outgoing.run_due(wired) == 1
    assert shelf.runs == [{"key": "a", "value": 2}]


def test_a_lost_reply_is_repeated_to_the_same_end(wired, shelf):
    shelf.faults = [Unreachable("ReadTimeout")]
    ask(wired, 1)
    outgoing.run_due(wired)
    assert shelf.kept == {"a": 1}
    assert [row.state for row in rows(wired)] == [CallState.PENDING]
    later(wired)
    outgoing.run_due(wired)
    assert shelf.kept == {"a": 1}
    (row,) = rows(wired)
    assert (row.state, row.attempts, row.reason) == (CallState.DONE, 2, None)


def test_content_that_changes_while_a_call_is_out_is_sent_next(wired, shelf):
    first = shelf.run

    def run(session, client, payload):
        first(session, client, payload)
        if payload["value"] == 1:
            ask(wired, 2)

    wired.parts["callers"] = {"shelf": run}
    ask(wired, 1)
    assert outgoing.run_due(wired) == 2
    assert shelf.kept == {"a": 2}
    assert [row.state for row in rows(wired)] == [CallState.DONE]


def test_a_refusal_of_older_content_does_not_stop_the_newer(wired, shelf):
    def run(session, client, payload):
        if payload["value"] == 1:
            ask(wired, 2)
            raise UserErrors("shelf", (UserError(("value",), "INVALID", ""),))
        shelf.run(session, client, payload)

    wired.parts["callers"] = {"shelf": run}
    ask(wired, 1)
    outgoing.run_due(wired)
    assert shelf.kept == {"a": 2}


@pytest.mark.parametrize(
    ("fault", "state"),
    [
        (Throttled(2.0), CallState.PENDING),
        (Unreachable("HTTP 502"), CallState.PENDING),
        (TokenRefused("401"), CallState.PENDING),
        (RuntimeError("a fault of ours"), CallState.PENDING),
        (UserErrors("shelf", (UserError((), "TAKEN", ""),)), CallState.FAILED),
        (AccessDenied("shelf"), CallState.FAILED),
        (Rejected("shelf"), CallState.FAILED),
        (NotNow("stars belong to another app"), CallState.FAILED),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_may_pass_is_tried_again_and_what_cannot_is_not(wired, shelf, fault, state):
    shelf.faults = [fault]
    ask(wired, 1)
    outgoing.run_due(wired)
    (row,) = rows(wired)
    assert row.state is state
    assert row.reason.startswith(type(fault).__name__)
    assert is_waiting(wired) is False


def test_a_failed_call_is_revived_by_asking_again(wired, shelf):
    shelf.faults = [AccessDenied("shelf")]
    ask(wired, 1)
    outgoing.run_due(wired)
    ask(wired, 1)
    outgoing.run_due(wired)
    assert [row.state for row in rows(wired)] == [CallState.DONE]


def test_one_broken_call_does_not_hold_up_the_others(wired, shelf):
    shelf.faults = [RuntimeError("broken")]
    for key in "abc":
        ask(wired, 1, key)
    assert outgoing.run_due(wired) == 3
    assert sorted(row.state for row in rows(wired)) == [CallState.DONE, CallState.DONE, CallState.PENDING]


def test_a_call_that_fails_for_a_day_ends(wired, shelf):
    shelf.faults = [Throttled(1.0)] * 30
    ask(wired, 1)
    for _ in range(25):
        later(wired)
        outgoing.run_due(wired)
    (row,) = rows(wired)
    assert (row.state, row.attempts) == (CallState.FAILED, outgoing.MAX_ATTEMPTS)


def test_a_refused_token_is_looked_into(wired, shelf):
    shelf.faults = [TokenRefused("401")]
    ask(wired, 1)
    outgoing.run_due(wired)
    assert shelf.runs[-1] == "access lost in 1"


def test_a_leased_call_is_nobody_elses(wired, shelf):
    ask(wired, 1)
    with unit_of_work(wired, shop_id=1) as session:
        session.execute(update(OutgoingCall).values(lease_until=func.now() + timedelta(seconds=60)))
    assert not is_waiting(wired)
    assert outgoing.run_due(wired) == 0
    with unit_of_work(wired, shop_id=1) as session:
        session.execute(update(OutgoingCall).values(lease_until=func.now() - timedelta(seconds=1)))
    assert outgoing.run_due(wired) == 1
