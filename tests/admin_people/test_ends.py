"""Ends that no rule decides, brought about by what brings them, and told: a refusal for good, a failure of our own."""

import html
from datetime import timedelta

from app.flows.rules.reasons import Reason
from app.flows.sending import decide_due
from app.flows.sending.drain import drain
from tests.admin.conftest import serve
from tests.admin_people import stories
from tests.admin_people.stories import row_of
from tests.admin_people.test_why import why

__all__ = ["serve"]


def test_a_mail_the_server_refuses_for_good_says_so(merchant, serve):
    serve(RCPT="550 5.1.1 no such user")
    stories.starts(merchant)
    order = merchant.order("Ana", placed=0)
    drain(merchant.wired)
    row = row_of(merchant, order, "thank_you")
    assert (row.state, row.reason) == ("done", Reason.REJECTED)
    told = why(merchant, order, "thank_you")
    assert "Ana: the mail server of this address refused the message for good. Nothing more is tried." in told


def test_a_message_that_fails_five_times_on_our_side_ends_and_says_so(merchant, serve, monkeypatch):
    sink = serve()
    stories.starts(merchant)
    order = merchant.order("Ana", placed=0)

    def fails(*_):
        raise ArithmeticError("a fault nobody foresaw")

    with monkeypatch.context() as broken:
        broken.setattr(decide_due, "decide", fails)
        for _ in range(decide_due.MAX_FAILURES):
            assert row_of(merchant, order, "thank_you").state == "scheduled"
            drain(merchant.wired)
            merchant.pass_time(seconds=decide_due.AFTER_FAILURE / timedelta(seconds=1))
    row = row_of(merchant, order, "thank_you")
    assert (row.state, row.outcome, row.reason) == ("done", "skipped", Reason.FAILED)
    assert "Ana: not sent, something kept failing on our side." in why(merchant, order, "thank_you")
    drain(merchant.wired)
    assert sink.delivered == []
    assert "1 message failed on our side" in html.unescape(merchant.open("/").text)
    assert "Ana Ferreira: Thank" in html.unescape(merchant.open("/needs/failed").text)
