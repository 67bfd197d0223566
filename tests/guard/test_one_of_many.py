"""One message of a batch that cannot be decided, written or delivered: every other goes out once, and none twice."""

import re
from collections import Counter

from sqlalchemy import select, update

from app.channels.smtp.address import parse
from app.channels.smtp.connection import Deadlines
from app.channels.smtp.phases import SmtpSender
from app.flows.models import FollowUp
from app.flows.pages.home.needs import cards
from app.flows.sending import decide_due, drain
from app.orders.models import OrderLine
from tests.channels.scripted_server import ScriptedServer
from tests.guard.crowd import asked_of


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
