"""Two hands at once: a double press starts once, and a pause waits for what is being handed off, never past it."""

import threading

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError

from app.flows.models import Enrollment
from app.flows.planning.by_hand.pause import pause_all
from app.flows.planning.by_hand.start import Choice, start
from app.shops.models import Shop


def test_a_double_press_starts_once(merchant):
    for name in ("Ana", "Bela"):
        merchant.order(name, sent=1)
    results, gate = [], threading.Barrier(2)

    def press():
        with merchant.work() as session:
            session.scalar(select(Shop.id).limit(1))
            gate.wait(5)
            results.append(start(session, Choice(include_on_the_road=True), by="user:7"))

    hands = [threading.Thread(target=press) for _ in range(2)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join(20)
    assert sorted(results) == [False, True]
    assert len(merchant.rows(select(Enrollment.id))) == 2


def press_pause_impatiently(merchant):
    with merchant.work() as session:
        session.execute(text("set local lock_timeout = '100ms'"))
        pause_all(session, by="user:7")


def test_a_pause_waits_while_messages_are_handed_off(merchant):
    with merchant.work() as handing_off:
        handing_off.execute(select(Shop.id).where(Shop.id == merchant.id).with_for_update(read=True)).all()
        with pytest.raises(OperationalError):
            press_pause_impatiently(merchant)
    with merchant.work() as session:
        pause_all(session, by="user:7")
