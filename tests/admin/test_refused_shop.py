"""A shop the mail server refuses waits whole, says so first, and blames nobody."""

import threading
from dataclasses import replace

import pytest
from sqlalchemy import select

from app.channels.base import Scope
from app.customers.models import Suppression
from app.flows.facts import gather as facts
from app.flows.models import FollowUpState
from app.flows.planning.by_hand.pause import MAIL_SERVER, lock_shop, pause_all, pause_refused, resume
from app.flows.planning.by_hand.release import OnResume
from app.flows.planning.by_hand.start import Choice, start
from app.flows.sending import decide_due, drain, steer
from app.messages import outbox
from app.messages.models import AttemptState, Message
from tests.admin.refused import count, due, pauses, reached, seen, sending_held_at_its_group, tries, waits

REFUSED = "550 5.7.1 <ana@example.com>: we take no mail of this sender"
WORDS = "550 at rcpt: 5.7.1 (address): we take no mail of this sender"


@pytest.fixture
def running(merchant):
    with merchant.work() as session:
        start(session, Choice(), by="user:7")
    return merchant


@pytest.mark.parametrize(
    "script",
    [
        {"RCPT": REFUSED},
        {"MAIL": "530 5.7.0 authentication required"},
        {"RCPT": "535 authentication credentials invalid"},
        {"DATA": "554 5.7.1 blocked"},
        {"dot": "550 5.7.26 this mail is unauthenticated"},
    ],
    ids=["policy", "530", "535", "at data", "at the dot"],
)
def test_a_refused_shop_waits_whole_and_nobody_is_blamed(running, serve, wired, script):
    serve(**script)
    for name in ("Ana", "Bela", "Cleo"):
        running.order(name, placed=0)
    planned = due(running)
    drain.drain(wired)
    rows = running.plans().values()
    assert {(row.state, row.reason, row.attempts <= 1) for row in rows} == {(FollowUpState.HELD, "shop_paused", True)}
    assert due(running) == planned
    assert count(running, Suppression) == 0
    assert set(tries(running)) == {AttemptState.BLOCKED}
    ((by, words),) = pauses(running)
    assert by == MAIL_SERVER
    assert "@" not in words


def test_home_says_first_what_the_mail_server_said_and_resuming_sends(running, serve, wired):
    sink = serve(RCPT=REFUSED)
    running.order("Ana", placed=0)
    running.order("Bela", placed=0)
    drain.drain(wired)
    assert sink.delivered == []
    page = seen(running)
    assert "Paused by the mail server today at 12:00. 2 messages wait." in page
    first = page.index("The mail server refuses your shop's mail")
    assert page.index("Needs you") < first
    assert f"Since today at 12:00, at “Thank you” of order #1401: “{WORDS}”." in page
    assert "of one person's address. 2 messages wait. Resume once it is put right" in page
    assert page.count('hx-post="/resume"') == 1
    assert page.count("Send those less than a day late") == 1
    serve()
    running.pass_time(hours=1)
    running.post("/resume", choice="drop_late")
    drain.drain(wired)
    assert len(sink.delivered) == 2
    page = seen(running)
    assert "refuses" not in page
    assert "2 sent today" in page
    assert [by for by, _ in pauses(running)] == [MAIL_SERVER, "user:902541635"]


def test_the_person_and_why_tell_whose_fault_it_is_not(running, serve, wired):
    serve(RCPT=REFUSED)
    running.order("Ana", placed=0)
    drain.drain(wired)
    (row,) = running.plans().values()
    ((person,),) = running.rows(select(Message.customer_id))
    told = f"The mail server refused this shop's mail today: “{WORDS}”. Nobody's address is at fault. All sending waits"
    assert told in seen(running, f"/customers/{person}")
    why = seen(running, f"/follow-ups/{row.id}/why")
    assert told in why
    assert "paused by: the mail server" in why


def test_a_merchants_pause_names_them_and_is_not_overwritten(running, serve, wired, monkeypatch):
    serve(RCPT=REFUSED)
    running.order("Ana", placed=0)
    drained = threading.Event()

    def lock(session, outcomes):
        if not drained.is_set():
            drained.set()
            with running.work() as merchant:
                pause_all(merchant, by="user:7")
        steer.STEERING.lock(session, outcomes)

    monkeypatch.setattr(drain, "STEERING", replace(steer.STEERING, lock=lock))
    drain.drain(wired)
    assert pauses(running) == [("user:7", None)]
    (row,) = running.plans().values()
    assert (row.state, row.reason) == (FollowUpState.HELD, "shop_paused")
    page = seen(running)
    assert "Paused by a staff member today at 12:00. 1 message waits." in page
    assert "refuses" not in page
    assert "All sending was paused by a staff member today." in seen(running, f"/follow-ups/{row.id}/why")


def test_a_refusal_while_paused_adds_nothing(running):
    row = running.order("Ana", placed=0)
    for words in ("first", "second"):
        with running.work() as session:
            pause_refused(session, words, row)
        running.pass_time(hours=1)
    assert pauses(running) == [(MAIL_SERVER, "first")]


def test_the_neighbours_mail_still_leaves(running, neighbour, serve, wired):
    sink = serve(RCPT=["550 5.7.1 no"])
    with neighbour.work() as session:
        start(session, Choice(), by="user:8")
    running.order("Ana", placed=0)
    drain.drain(wired)
    neighbour.order("Bela", placed=0)
    drain.drain(wired)
    assert len(sink.delivered) == 1
    assert pauses(neighbour) == []


def test_refused_again_after_resuming_it_waits_again_and_is_never_given_up(running, serve, wired):
    serve(RCPT="550 5.7.1 no")
    running.order("Ana", placed=0)
    for _ in range(outbox.MAX_ATTEMPTS + 2):
        drain.drain(wired)
        (row,) = running.plans().values()
        assert (row.state, row.reason) == (FollowUpState.HELD, "shop_paused")
        running.post("/resume", choice="send")
    sink = serve(RCPT=["450 4.2.0 greylisted"])
    drain.drain(wired)
    assert tries(running)[-1] is AttemptState.DEFERRED
    running.pass_time(minutes=10)
    drain.drain(wired)
    assert len(sink.delivered) == 1


def wait_for(session, work):
    """Start another hand and hold our locks until it is seen to wait for them; return its thread."""
    hand = threading.Thread(target=work)
    hand.start()
    waits(session, hand)
    return hand


def go_on(merchant):
    with merchant.work() as session:
        resume(session, OnResume.SEND, by="user:7")


def held(merchant):
    return {(row.state, row.reason) for row in merchant.plans().values()} == {(FollowUpState.HELD, "shop_paused")}


def test_a_resume_pressed_while_something_is_held_for_the_pause_lets_that_go_too(running, serve, wired, monkeypatch):
    sink = serve()
    running.order("Ana", placed=0)
    running.post("/pause")
    hands = []

    def gather(session, rows):
        found = facts.gather(session, rows)
        if not hands:
            hands.append(wait_for(session, lambda: go_on(running)))
        return found

    monkeypatch.setattr(decide_due, "gather", gather)
    drain.drain(wired)
    for hand in hands:
        hand.join(20)
    drain.drain(wired)
    assert len(hands) == len(sink.delivered) == 1


def test_a_resume_pressed_while_a_refusal_is_written_comes_after_it(running, serve, wired, monkeypatch):
    serve(RCPT="550 5.7.1 no")
    running.order("Ana", placed=0)
    hands = []

    def settle(session, outcomes):
        steer.STEERING.settle(session, outcomes)
        if not hands:
            hands.append(wait_for(session, lambda: go_on(running)))

    monkeypatch.setattr(drain, "STEERING", replace(steer.STEERING, settle=settle))
    drain.drain(wired)
    for hand in hands:
        hand.join(20)
    drain.drain(wired)
    # The press ended the pause it found; the next try was refused too, and paused again.
    assert [by for by, _ in pauses(running)] == [MAIL_SERVER, "user:7", MAIL_SERVER]
    assert held(running)


def test_a_refusal_told_while_a_resume_is_carried_out_comes_after_it(running, serve, wired):
    serve(RCPT="550 5.7.1 no")
    running.order("Ana", placed=0)
    drain.drain(wired)
    ((message, follow_up),) = running.rows(select(Message.id, Message.follow_up_id))
    prepared = outbox.Prepared(message, follow_up, 1, 1, (), None)
    outcome = outbox.Outcome(prepared, AttemptState.BLOCKED, 550, "550 at rcpt: 5.7.1 no", scope=Scope.SHOP)

    def refuse():
        with running.work() as session:
            steer.STEERING.lock(session, [outcome])
            steer.STEERING.settle(session, [outcome])

    with running.work() as session:
        resume(session, OnResume.SEND, by="user:7")
        hand = wait_for(session, refuse)
    hand.join(20)
    drain.drain(wired)
    assert [by for by, _ in pauses(running)] == [MAIL_SERVER, "user:7", MAIL_SERVER]
    assert held(running)


def test_a_refusal_waits_for_the_shop_before_it_locks_any_message(running, serve, wired, monkeypatch):
    """The order everybody locks in: whoever has the shop can still reach every message of it."""
    serve(RCPT="550 5.7.1 no")
    running.order("Ana", placed=0)
    with sending_held_at_its_group(running, wired, monkeypatch) as (hand, go), running.work() as session:
        lock_shop(session)
        assert reached(session, hand, go) == (1, 1)
    assert held(running)
