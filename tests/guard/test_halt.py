"""Plans of many shops far beyond the usual halt them all, until an operator lets them go on; one shop's do not."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, select, text, update

from app.flows.models import Flow, FlowState, FollowUp, FollowUpState, Halt
from app.flows.pages.home.home import home
from app.flows.pages.home.home_words import later
from app.flows.pages.home.needs import cards
from app.flows.sending import circuit, drain
from app.kit.clock import ClockOffset, business_now
from app.kit.engines import SYSTEM
from app.kit.work import unit_of_work
from tests.guard.crowd import asked_of
from tests.guard.test_circuit import copies
from tests.shopper.people import DOMAIN, NUMBERS, People

EACH = 600  # of a shop: one alone is below what makes all shops halt, and two are not
PAST = timedelta(days=30)


@pytest.fixture
def shops(wired, started, monkeypatch):
    """Three shops that have sent for a month, each with one mail due now; too small to be held one by one."""
    monkeypatch.setattr(circuit, "LEAST", 10 * EACH)
    with unit_of_work(wired, role=SYSTEM) as session:
        session.execute(delete(Halt))
    found = [started, *(People(wired, f"halt-{next(NUMBERS)}-{DOMAIN}") for _ in range(2))]
    for people in found:
        with people.work() as session:
            since = business_now(session) - PAST
            running = {"state": FlowState.RUNNING, "started_at": since, "include_from": since - PAST}
            session.execute(update(Flow).where(Flow.key == "parcel").values(running))
        asked_of(people, 1, 1)
    return found


def command(wired, *words):
    return wired.parts["flask"].test_cli_runner().invoke(args=["halted", *words])


def waits(people):
    return [row.reason for row in people.rows(select(FollowUp.reason).where(FollowUp.state == FollowUpState.HELD))]


def flood(shops):
    for people in shops:
        copies(people, EACH, 0, "now")


def ready(wired):
    return wired.parts["flask"].test_client().get("/readyz").json


def test_many_shops_at_once_are_held_told_and_let_go_on_by_an_operator(wired, shops, sink):
    assert command(wired).output == "Nothing halts: every shop sends.\n"
    for people in shops:
        for day in range(1, 8):
            copies(people, EACH // 6, day, f"day{day}.")
    flood(shops)
    circuit.watch_all(wired)
    drain.drain(wired)
    assert sink.delivered == []
    assert [waits(people) for people in shops] == [["halted"]] * 3
    for people in shops:
        with people.work() as session:
            (card,) = [each for each in cards(session) if each.heading == "All messages wait"]
            assert "nothing for you to do" in card.words
            assert later(home(session)) == "Nothing goes out until whoever runs Welltimed lets it go on."
    assert ready(wired)["halted_since"] is not None
    told = command(wired).output
    assert "by the circuit: 1,202 messages within an hour over many shops, 200 is usual" in told
    assert "Waiting so far: 3 messages of 3 shops" in told
    assert "3 messages go on, 0 are left out" in command(wired, "--release", "drop-late").output
    drain.drain(wired)
    assert len(sink.delivered) == 3
    assert ready(wired)["halted_since"] is None
    circuit.watch_all(wired)
    assert command(wired).output == "Nothing halts: every shop sends.\n", "for a day the plan is known to be right"


def test_what_is_planned_for_the_coming_hour_is_found_before_any_of_it_leaves(wired, shops, sink):
    flood(shops)
    for people in shops:
        with people.work() as session:
            session.execute(text("update follow_up set due_at = due_at + interval '50 minutes'"))
    circuit.watch_all(wired)
    assert "All sending halts" in command(wired).output


def test_a_flood_under_way_is_found_by_the_worker_that_sends_it(wired, shops, sink, monkeypatch):
    monkeypatch.setattr(drain, "LOOK_AFTER", 1)
    flood(shops)
    drain.drain(wired)
    assert "All sending halts" in command(wired).output


def test_one_shops_feast_and_shops_of_their_first_week_halt_nobody(wired, shops, sink):
    copies(shops[0], 4 * EACH, 0, "now")
    circuit.watch_all(wired)
    assert command(wired).output == "Nothing halts: every shop sends.\n"
    with shops[1].work() as session:
        session.execute(update(Flow).values(started_at=business_now(session) - timedelta(days=6)))
    flood(shops[1:])
    circuit.watch_all(wired)
    assert command(wired).output == "Nothing halts: every shop sends.\n"


def test_an_operator_halts_all_and_what_is_over_a_day_late_then_is_left_out(wired, shops, sink):
    assert "by the operator: wrong words" in command(wired, "--halt", "wrong words").output
    command(wired, "--halt", "another")
    assert "by the operator: wrong words" in command(wired).output, "the first stands"
    drain.drain(wired)
    assert sink.delivered == []
    with unit_of_work(wired, role=SYSTEM) as session:
        session.execute(update(ClockOffset).values(offset_s=ClockOffset.offset_s + 25 * 3600))
    assert "0 messages go on, 3 are left out" in command(wired, "--release", "drop-late").output
    assert command(wired, "--halt", "x", "--release", "send").exit_code == 2


def test_what_is_known_to_come_is_said_ahead(wired, shops, sink):
    command(wired, "--release", "send")
    flood(shops)
    circuit.watch_all(wired)
    drain.drain(wired)
    assert len(sink.delivered) == 3


def test_a_halt_between_decision_and_hand_off_wins(wired, shops, sink, monkeypatch):
    real = drain.decide_due

    def halt_after(runtime, shop_id, claimed):
        prepared = real(runtime, shop_id, claimed)
        if prepared:
            with unit_of_work(wired, role=SYSTEM) as session:
                session.execute(
                    text("insert into halt (halted_at, halted_by, words) values (now(), 'operator', 'now')")
                )
        return prepared

    monkeypatch.setattr(drain, "decide_due", halt_after)
    drain.drain(wired)
    assert sink.delivered == []
