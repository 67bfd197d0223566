"""The same orders are planned as before, or the difference is said; what is planted in the planner is told in words."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from app import wiring
from app.flows.planning import enrol, schedule
from app.kit import runtime
from tests.database import make_config
from tests.planned.orders import STARTED
from tests.planned.plan_text import Line, difference, many_more, messages, read, write
from tests.planned.playing import play
from tests.planned.stage import stage

KEPT = Path(__file__).with_name("plan.txt")
FEW = 4, STARTED + timedelta(days=14)  # orders, and until when, where something is planted
TAKE_OVER = "Where this is meant, take it over: .venv/bin/python -m tests.planned --take-over"

ASK = Line("#1001", "parcel", "parcel 1", "ask", "2026-11-20T09:03+01:00", "Europe/Berlin", "scheduled; then send")
WAITS = Line("#1001", "care", "order", "(run)", "", "", "looks again 2026-11-22 10:00")


@pytest.fixture(scope="module")
def usual(cluster, migrated, redis_url, flask_app):
    """The plan of the first few orders as it is."""
    here = wiring.build_runtime(make_config(cluster.create_database(template=migrated), redis_url))
    runtime.install(here)
    here.parts["flask"] = flask_app
    with stage(here) as clock:
        lines, _ = play(here, clock, *FEW)
    here.engines.dispose()
    return lines


def test_what_is_planned_is_what_was_planned_before(wired):
    with stage(wired) as clock:
        now, tales = play(wired, clock)
    said = difference(read(KEPT.read_text(encoding="utf-8")), now)
    if said:
        pytest.fail(f"{said}\n\n{TAKE_OVER}", pytrace=False)
    assert write(now, tales) == KEPT.read_text(encoding="utf-8")
    assert messages(now) > 150


def test_a_day_that_somebody_adds_to_every_plan_is_told(usual, wired, monkeypatch):
    right = schedule.plan

    def a_day_later(*facts, **more):
        planned = right(*facts, **more)
        return planned and replace(planned, due_at=planned.due_at + timedelta(days=1))

    monkeypatch.setattr(schedule, "plan", a_day_later)
    with stage(wired) as clock:
        now, _ = play(wired, clock, *FEW)
    said = difference(usual, now)
    assert "messages before" in said.splitlines()[0]
    assert "1 day later" in said
    assert "parcel shipped: " in said
    assert "MANY MORE" not in said


def test_a_flow_that_takes_in_everything_is_told_before_all_else(usual, wired, monkeypatch):
    monkeypatch.setattr(enrol, "admitted", lambda *_: True)
    with stage(wired) as clock:
        now, _ = play(wired, clock, *FEW)
    assert many_more(usual, now)
    said = difference(usual, now)
    assert said.startswith("IT PLANS MANY MORE MESSAGES: ")
    assert "\nAdded:\n" in said


def test_a_plan_that_is_written_reads_back():
    assert read(write([ASK, WAITS], {"#1001": "DE"})) == [WAITS, ASK]
    with pytest.raises(ValueError, match="this is no line of a plan"):
        read(" #1001 ask")


def moved(due):
    return replace(ASK, due=due)


@pytest.mark.parametrize(
    ("now", "told"),
    [
        ([moved("2026-11-22T11:04+01:00")], "-> 2026-11-22T11:04+01:00 Europe/Berlin, 2 days 2 hours 1 minute later"),
        ([moved("2026-11-20T08:03+01:00")], "-> 2026-11-20T08:03+01:00 Europe/Berlin, 1 hour earlier"),
        ([replace(ASK, zone="Europe/Paris")], "-> 2026-11-20T09:03+01:00 Europe/Paris, the same instant"),
        ([replace(ASK, state="held")], "#1001 parcel, parcel 1: ask  scheduled; then send -> held"),
        ([ASK, WAITS], "#1001 care, order: (run)  looks again 2026-11-22 10:00"),
        ([ASK, replace(ASK, step="help")], "parcel help: 0 before, 1 now, 0 moved"),
        ([ASK, replace(ASK, step="help")], "IT PLANS MANY MORE MESSAGES: 2.0 times as many."),
        ([ASK, ASK], "Doubled:\n  #1001 parcel parcel 1 ask"),
        ([], "Gone:\n  #1001 parcel, parcel 1: ask  2026-11-20T09:03+01:00 Europe/Berlin, scheduled; then send"),
    ],
)
def test_a_difference_is_said_in_words(now, told):
    assert told in difference([ASK], now)
    assert difference(now, now) == "" or len(now) > len(set(now))


def test_a_long_difference_is_cut_and_counted():
    many = [replace(ASK, order=f"#{number}") for number in range(2000, 2100)]
    said = difference(many, [moved("2026-11-21T09:03+01:00")])
    assert said.startswith("The same orders are planned otherwise: 1 added, 100 gone, 0 moved, 0 with another end; 100")
    assert "\n  and 70 more" in said
