"""A month played through the running app comes out of its stored events again; drafts are asked of the same past."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from app.flows.facts import published
from app.flows.language.flow import change_sends
from app.flows.language.forms import flow_json
from app.flows.replay.history.load import load
from app.flows.replay.replay import as_if, replay
from app.flows.replay.report import difference, report
from app.flows.replay.walk import decide_due, plan_anew
from app.flows.rules import guard
from app.flows.runs import advance
from app.flows.timing import plan
from tests.convergence.shops import DOMAIN
from tests.convergence.side_by_side import BEGINNING
from tests.replay.played import differences, forget_decisions, kinds, left, play, replayed

JOURNEYS = 3
ORDINARY = {
    "type": "send", "key": "care", "template": "thank_you", "topic": "order", "message_class": "transactional",
    "goal": "The buyer knows.", "anchor": "previous_step", "delay_days": 1, "max_age_days": 10,
}  # fmt: skip


@pytest.fixture(scope="module")
def played(both):
    """Three journeys of a month, their decisions forgotten; `both.ticks` are the instants anything could leave at."""
    both.ticks = play(both, JOURNEYS, "replay")
    forget_decisions(both)
    return both


def past_of(played):
    with played.work_in_shop(played.shop_id) as session:
        return load(session), published.current(session)["parcel"][1]


def test_it_decides_by_the_functions_that_send():
    assert (decide_due.decide, plan_anew.plan, plan_anew.advance) == (guard.decide, plan.plan, advance.advance)


def test_a_played_month_comes_out_again(played):
    before = left(played)
    after, told = replayed(played, played.ticks)
    assert differences(before, after) == []
    assert len(before) >= len(played.sink()) > JOURNEYS
    assert len(kinds(told)) > 2, "somebody is told nothing, or the proof is thin"


def test_what_is_known_of_a_later_day_changes_nothing_before_it(played):
    """Take away the last things learned: what left before them is replayed as it was."""
    past, _ = past_of(played)
    half = BEGINNING + timedelta(days=6)
    cut = replace(
        past, orders=[replace(one, learned=[each for each in one.learned if each[0] <= half]) for one in past.orders]
    )
    whole, part = ({each.thing: each.at for each in replay(one, half) if each.sent} for one in (past, cut))
    assert whole == part
    assert whole


def test_a_draft_like_what_is_published_differs_in_nothing_and_a_later_one_is_later(played):
    past, document = past_of(played)
    since = BEGINNING - timedelta(seconds=1)
    same = replay(as_if(past, document, since), played.now)
    late = change_sends(document, lambda step: replace(step, delay=step.delay + timedelta(days=2)))
    later = replay(as_if(past, late, since), played.now)
    nothing = difference(replay(past, played.now), same)
    assert (nothing.added, nothing.dropped, nothing.earlier, nothing.later) == ((), (), (), ())
    moved = difference(same, later)
    assert moved.later
    assert not moved.earlier
    told = report(same, since, played.now)
    assert told.messages == sum(sum(day.values()) for day in told.days.values()) == sum(each.sent for each in same)


def test_the_command_says_what_a_flow_would_have_sent(played, tmp_path):
    _, document = past_of(played)
    file = tmp_path / "flow.json"
    file.write_text(json.dumps(flow_json(document)), encoding="utf-8")
    run = played.wired.parts["flask"].test_cli_runner()
    done = run.invoke(args=["simulate", "--shop", DOMAIN, "--flow", str(file), "--days", "60", "--against", "1"])
    assert done.exit_code == 0, done.output
    assert " not sent." in done.output.splitlines()[0]
    assert "Not sent:" in done.output
    assert run.invoke(args=["simulate", "--shop", DOMAIN]).exit_code == 2
    assert run.invoke(args=["simulate", "--shop", DOMAIN, "--as-it-was"]).exit_code in {0, 1}


def test_a_flow_the_calendar_starts_is_asked_about_too(played, tmp_path):
    _, document = past_of(played)
    raw = flow_json(document)
    raw["trigger"] = {"on": "days_without_order", "days": 10}
    raw["steps"] = [ORDINARY | {"key": "again", "delay_days": 0, "anchor": "trigger"}]
    file = tmp_path / "flow.json"
    file.write_text(json.dumps(raw), encoding="utf-8")
    run = played.wired.parts["flask"].test_cli_runner()
    done = run.invoke(args=["simulate", "--shop", DOMAIN, "--flow", str(file)])
    assert done.exit_code == 0
    assert " messages to " in done.output
    assert not done.output.startswith("0 messages")
