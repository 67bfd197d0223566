"""What goes wrong in one shop, or about one mail, keeps nobody else waiting."""

import threading
from dataclasses import replace
from types import SimpleNamespace

import pytest

from app.flows.sending import drain as sending
from app.kit import ticker
from app.kit.each_shop import each_shop
from app.messages.mail.preset_list import PRESETS
from tests.admin.flow_documents import running, send


@pytest.fixture
def both_due(merchant, neighbour):
    """Two shops with a mail due in each."""
    for shop in (merchant, neighbour):
        running(shop, send("care_mail", delay_days=1))
        shop.order("Ana", placed=3, sent=2, arrived=0)
    merchant.pass_time(days=1, minutes=1)
    return merchant, neighbour


def states(shop):
    return [plan.state.value for plan in shop.plans().values()]


def test_a_shop_whose_messages_cannot_be_decided_holds_up_no_other(both_due, serve, monkeypatch):
    failing, fine = both_due
    sink, decide = serve(), sending.decide_due

    def fails_in_one(runtime, shop_id, claimed):
        if shop_id == failing.id:
            raise ValueError("whatever it was")
        return decide(runtime, shop_id, claimed)

    monkeypatch.setattr(sending, "decide_due", fails_in_one)
    with pytest.raises(ValueError, match="whatever"):
        sending.drain(failing.wired)
    assert sending.drain(failing.wired) == 1  # at once, not when a lease ends
    assert states(fine) == ["done"]
    assert len(sink.delivered) == 1


def test_a_mail_that_is_not_there_ends_its_message_and_no_other(merchant, serve, monkeypatch):
    for key, template in (("first", "thank_you"), ("second", "delivered")):
        running(merchant, send(f"{key}_mail", delay_days=1, template=template), key=key)
    merchant.order("Ana", placed=3, sent=2, arrived=0)
    merchant.pass_time(days=1, minutes=1)
    sink = serve()
    monkeypatch.delitem(PRESETS, "thank_you")
    while sending.drain(merchant.wired):
        pass
    assert [(plan.step, plan.reason) for plan in merchant.plans().values()] == [
        ("first_mail", "render_error"),
        ("second_mail", None),
    ]
    assert len(sink.delivered) == 1


def test_the_ticker_that_does_the_work_itself_outlives_what_fails(wired, monkeypatch):
    done = []

    def fails(_):
        raise KeyError("no_such_mail")

    kinds = [
        SimpleNamespace(queue="sends", doer="fails", waiting=lambda _: True, do=fails),
        SimpleNamespace(queue="bulk", doer="goes on", waiting=lambda _: True, do=lambda _: done.append("goes on")),
    ]
    alone = replace(wired, work=kinds, doorbell=SimpleNamespace(reachable=lambda: False))
    stop = threading.Event()
    monkeypatch.setattr(stop, "wait", lambda _: stop.set())
    ticker.run(alone, stop)
    assert done == ["goes on"]


def test_each_shop_is_done_whatever_happens_in_another():
    def double(shop_id):
        return 10 // shop_id

    assert each_shop("halving", [5, 0, 2], double) == [2, 5]
