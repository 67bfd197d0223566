"""One message of a batch that cannot be decided, written or delivered: every other goes out once, and none twice."""

import contextlib
import re
from collections import Counter
from datetime import UTC, datetime

from sqlalchemy import select, update

from app.channels.smtp.address import parse
from app.channels.smtp.connection import Deadlines
from app.channels.smtp.phases import SmtpSender
from app.flows.models import FollowUp, FollowUpState, ShopLease
from app.flows.pages.home.needs import cards
from app.flows.sending import claim, decide_due, drain
from app.kit.clock import business_now
from app.orders.models import OrderLine
from tests.channels.scripted_server import ScriptedServer
from tests.guard.crowd import asked_of

PAST = datetime(2020, 1, 1, tzinfo=UTC)


def recipients(server):
    return Counter(re.search(rb"^To: .*?([\w.]+@[\w.]+)", mail, re.MULTILINE)[1] for mail in server.delivered)


def reasons(people):
    return Counter(row.reason for row in people.rows(select(FollowUp.reason).where(FollowUp.step == "review_request")))


def test_one_that_fails_holds_up_none_of_its_batch(wired, started, sink, monkeypatch):
    poisoned, *_ = asked_of(started, 9, 1)
    real = decide_due.write

    def fails_for_one(desk, one, verdict, now):
        if one.order.id == poisoned.order_id:
            raise ArithmeticError("a fault nobody foresaw")
        return real(desk, one, verdict, now)

    monkeypatch.setattr(decide_due, "write", fails_for_one)
    for _ in range(3):
        drain.drain(wired)
    assert sorted(recipients(sink).values()) == [1] * 8


def test_one_refused_address_repeats_nobody_elses_mail(wired, started):
    server = ScriptedServer(RCPT=["550 5.1.1 no such user"])
    address = parse(f"smtp://127.0.0.1:{server.port}")
    wired.parts["transport"] = lambda: SmtpSender(address, "test.example", Deadlines(5, 5, 5, 5, 1))
    asked_of(started, 9, 1)
    for _ in range(3):
        drain.drain(wired)
    server.stop()
    assert sorted(recipients(server).values()) == [1] * 8
    assert reasons(started) == {None: 8, "rejected": 1}


def test_a_mail_that_cannot_be_written_is_left_out_and_told_in_one_card(wired, started, sink):
    nameless = asked_of(started, 9, 1)[:2]
    with started.work() as session:
        mine = OrderLine.order_id.in_([each.order_id for each in nameless])
        session.execute(update(OrderLine).where(mine).values(title=""))
    for _ in range(3):
        drain.drain(wired)
    assert sorted(recipients(sink).values()) == [1] * 7
    assert reasons(started) == {None: 7, "render_error": 2}
    with started.work() as session:
        (told,) = [card for card in cards(session) if "could not be written" in card.heading]
        assert told.heading == "2 mails could not be written"


class Killed(BaseException):
    """The end of a process, which nobody catches."""


def free_the_claims(people):
    """As time does: the leases of whoever died run out, and what was put off a quarter hour is due."""
    with people.work() as session:
        session.execute(update(FollowUp).where(FollowUp.state == FollowUpState.CLAIMED).values(lease_until=PAST))
        session.execute(update(ShopLease).values(lease_until=None))
        session.execute(
            update(FollowUp).where(FollowUp.state != FollowUpState.DONE).values(due_at=business_now(session))
        )


def test_one_that_takes_its_worker_along_is_tried_alone_and_ends(wired, started, sink, monkeypatch):
    poisoned, *_ = asked_of(started, 9, 1)
    real, killed = decide_due.write, []

    def dies_of_one(desk, one, verdict, now):
        if one.order.id == poisoned.order_id:
            killed.append(now)
            raise Killed
        return real(desk, one, verdict, now)

    monkeypatch.setattr(decide_due, "write", dies_of_one)
    for _ in range(claim.MOST_FAILURES + claim.SUSPECT):
        with contextlib.suppress(Killed):
            drain.drain(wired)
        free_the_claims(started)
    assert sorted(recipients(sink).values()) == [1] * 8
    assert reasons(started) == {None: 8, "failed": 1}
    assert len(killed) == claim.MOST_FAILURES


def test_a_message_that_waited_often_does_not_end_by_its_first_failure(wired, started, sink, monkeypatch):
    asked_of(started, 1, 1)
    with started.work() as session:
        session.execute(update(FollowUp).values(attempts=9))  # looked at once a day, say, while its parcel travelled
    with monkeypatch.context() as broken:
        broken.setattr(decide_due, "write", lambda *_: 1 / 0)
        drain.drain(wired)
    assert reasons(started) == {None: 1}
    free_the_claims(started)
    drain.drain(wired)
    assert len(sink.delivered) == 1
