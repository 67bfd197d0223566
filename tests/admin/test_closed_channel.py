"""While the way out is closed nobody's mail is given up: the pages and /readyz say so until one is accepted."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app.channels.base import Scope, TransportError
from app.channels.models import ClosedChannel
from app.customers.models import Suppression
from app.flows.models import FollowUpState
from app.flows.planning.by_hand.start import Choice, start
from app.flows.sending import drain
from app.messages import outbox
from app.messages.models import AttemptState, Message, MessageState
from tests.admin.refused import count, due, pauses, seen, tries
from tests.channels.scripted_server import DROP

CLOSED = {
    "no greeting": ({"greeting": "554 5.3.2 not now"}, "554 at greeting: 5.3.2 not now"),
    "full": ({"greeting": "421 too many connections"}, "421 at greeting: too many connections"),
    "dropped": ({"greeting": DROP}, "no connection to the mail server"),
    "sender": ({"MAIL": "550 5.1.8 bad sender"}, "550 at mail: 5.1.8 bad sender"),
    "sender, bare": ({"MAIL": "553 sender not allowed"}, "553 at mail: sender not allowed"),
}


@pytest.fixture
def running(merchant):
    with merchant.work() as session:
        start(session, Choice(), by="user:7")
    return merchant


@pytest.mark.parametrize(("script", "words"), CLOSED.values(), ids=CLOSED)
def test_a_closed_way_out_burns_nothing_and_pauses_nobody(running, neighbour, serve, wired, script, words):
    sink = serve(**script)
    running.order("Ana", placed=0)
    (before,) = due(running)
    drain.drain(wired)
    (row,) = running.plans().values()
    assert (row.state, row.reason, row.attempts) == (FollowUpState.SCHEDULED, None, 0)
    assert timedelta(minutes=3) < row.due_at - running.now < timedelta(minutes=7)
    assert row.due_at > before
    assert (pauses(running), count(running, Suppression), tries(running)) == ([], 0, [AttemptState.BLOCKED])
    neighbour.post("/start")
    for merchant in (running, neighbour):
        page = seen(merchant)
        assert page.index("Needs you") < page.index("Mails cannot leave right now")
        assert "Since today at 12:00 none was taken, neither yours nor another shop's: “" + words in page
    assert words in seen(running, f"/follow-ups/{row.id}/why")
    ((person,),) = running.rows(select(Message.customer_id))
    assert "It could not leave yet: “" + words in seen(running, f"/customers/{person}")
    assert running.client.get("/readyz").json["mails_stuck_since"] == running.now.isoformat()

    serve()
    running.pass_time(hours=1)
    drain.drain(wired)
    assert len(sink.delivered) == 1
    assert "Mails cannot leave" not in seen(running)
    assert running.client.get("/readyz").json["mails_stuck_since"] is None


def test_nobody_listening_is_told_since_the_first_try_with_the_latest_words(running, serve, wired):
    sink = serve()
    sink.stop()
    running.order("Ana", placed=0)
    drain.drain(wired)
    running.pass_time(hours=2)
    drain.drain(wired)
    ((since, last, words),) = running.rows(
        select(ClosedChannel.since, ClosedChannel.last_tried_at, ClosedChannel.words)
    )
    assert (since, last) == (running.now - timedelta(hours=2), running.now)
    assert "no connection to the mail server" in words
    assert "Since today at 12:00 none was taken" in seen(running)


def test_one_that_was_accepted_beside_one_that_could_not_connect_tells_that_mails_leave(running, serve, wired):
    sink = serve(greeting=["421 too many connections", "220 in", "220 in"])
    for name in ("Ana", "Bela", "Cleo"):
        running.order(name, placed=0)
    drain.drain(wired)
    assert len(sink.delivered) == 2
    assert count(running, ClosedChannel) == 0
    running.pass_time(hours=1)
    drain.drain(wired)
    assert len(sink.delivered) == 3


def test_a_server_that_takes_few_connections_gets_every_mail_once_and_soon(running, serve, wired):
    sink = serve()
    sink.most = 5
    for number in range(30):
        running.order(f"Ana{number}", placed=0)
    for _ in range(12):
        drain.drain(wired)
        running.pass_time(seconds=11)
    assert len(sink.delivered) == len(set(sink.delivered)) == 30
    assert running.pending() == {}
    assert (pauses(running), count(running, ClosedChannel)) == ([], 0)


def test_days_without_a_way_out_use_up_no_tries(running, serve, wired):
    serve(greeting="554 closed")
    running.order("Ana", placed=0)
    for _ in range(outbox.MAX_ATTEMPTS + 3):
        running.pass_time(minutes=75)
        drain.drain(wired)
    assert len(tries(running)) > outbox.MAX_ATTEMPTS
    sink = serve(RCPT=["450 4.2.0 greylisted"])
    running.pass_time(minutes=75)
    drain.drain(wired)
    running.pass_time(minutes=10)
    drain.drain(wired)
    assert len(sink.delivered) == 1


@given(
    attempt=st.integers(1, 100_000),
    spent=st.integers(0, outbox.MAX_ATTEMPTS * 2),
    scope=st.sampled_from(Scope),
    permanent=st.booleans(),
)
def test_only_a_verdict_on_the_message_or_its_address_ends_it(attempt, spent, scope, permanent):
    spent = min(spent, attempt - 1)
    prepared = outbox.Prepared(1, 1, attempt, 1, (), None, spent=spent)
    outcome = outbox._refused(prepared, TransportError("no", permanent=permanent, scope=scope))
    message = outbox.MESSAGE_AFTER[outcome.state]
    if scope in {Scope.SHOP, Scope.CHANNEL}:
        assert (outcome.state, message) == (AttemptState.BLOCKED, MessageState.PLANNED)
        assert (outcome.retry_in is None) == (scope is Scope.SHOP)
        assert outcome.retry_in is None or outcome.retry_in <= timedelta(minutes=72)
    else:
        ended = permanent or spent + 1 >= outbox.MAX_ATTEMPTS
        assert (message is MessageState.REJECTED) == ended
        assert ended or outcome.retry_in <= timedelta(hours=7.2)
