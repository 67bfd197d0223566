"""Pausing holds everything and drops nothing; resuming asks what becomes of what waited."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.flows.facts.gather import gather
from app.flows.models import FollowUp, FollowUpState
from app.flows.planning.by_hand.pause import pause_all, resume, waiting
from app.flows.planning.by_hand.release import OnResume, Released
from app.flows.planning.by_hand.start import Choice, start
from app.flows.planning.record_decision import record
from app.flows.rules.guard import decide
from app.flows.sending import claim
from app.flows.timing.limits import Limits
from app.shops.models import ShopSetting


@pytest.fixture
def running(merchant):
    with merchant.work() as session:
        start(session, Choice(), by="user:7")
    return merchant


def pause(merchant):
    with merchant.work() as session:
        pause_all(session, by="user:7")


def go_on(merchant, choice=OnResume.DROP_LATE):
    with merchant.work() as session:
        return resume(session, choice, by="user:7")


def held(merchant):
    """Let the sends worker look at what is due, as far as its decision: a paused shop's rows are held."""
    with merchant.work() as session:
        due = session.scalars(select(FollowUp.id).where(claim.is_due(merchant.now))).all()
        for one in gather(session, due):
            verdict = decide(one.facts, Limits(), merchant.now)
            record(session, one.follow_up, one.facts, verdict, merchant.now)
    return [row for row in merchant.plans().values() if row.state is FollowUpState.HELD]


def test_fourteen_days_of_pause_with_five_due_send_at_most_one(running):
    pause(running)
    for day in range(14):
        if day in {0, 2, 5, 9, 13}:
            running.order(f"P{day}", placed=0)
        held(running)
        running.pass_time(days=1 if day < 13 else 0, hours=0 if day < 13 else 12)
    outcomes = [row.reason for row in running.plans().values() if row.state is FollowUpState.DONE]
    assert set(outcomes) <= {None, "stale"}
    go_on(running)
    ready = [row for row in running.plans().values() if row.state is FollowUpState.SCHEDULED]
    assert len(ready) == 1


def test_pausing_drops_nothing(running):
    running.order("Ana", placed=0)
    pause(running)
    (row,) = held(running)
    assert (row.state, row.reason) == (FollowUpState.HELD, "shop_paused")
    with running.work() as session:
        assert (waiting(session).planned, waiting(session).due) == (1, 1)


def test_a_second_pause_keeps_the_first_moment(running):
    pause(running)
    running.pass_time(hours=1)
    pause(running)
    settings = running.rows(select(ShopSetting.values).where(ShopSetting.section == "pause"))
    assert [row[0]["paused_at"] for row in settings] == ["2026-11-20T12:00:00+00:00"]


def test_what_is_less_than_a_day_late_goes_out_on_resuming(running):
    running.order("Ana", placed=0)
    pause(running)
    held(running)
    running.pass_time(hours=23)
    assert go_on(running) == Released(released=1)
    (row,) = running.plans().values()
    assert (row.state, row.reason) == (FollowUpState.SCHEDULED, None)


def test_what_is_over_a_day_late_is_left_out_with_its_reason(running):
    running.order("Ana", placed=0)
    pause(running)
    held(running)
    running.pass_time(hours=25)
    assert go_on(running) == Released(left_out=1)
    (row,) = running.plans().values()
    assert (row.state, row.outcome, row.reason) == (FollowUpState.DONE, "skipped", "dropped_on_resume")


def test_what_fell_due_while_no_worker_ran_is_treated_the_same(running):
    running.order("Ana", placed=0)
    pause(running)
    running.pass_time(hours=25)
    assert go_on(running) == Released(left_out=1)


def test_sending_all_sends_the_late_ones_too(running):
    running.order("Ana", placed=0)
    pause(running)
    held(running)
    running.pass_time(hours=25)
    assert go_on(running, OnResume.SEND) == Released(released=1)


def test_skipping_sends_none_of_them(running):
    running.order("Ana", placed=0)
    pause(running)
    held(running)
    running.pass_time(hours=1)
    assert go_on(running, OnResume.SKIP) == Released(left_out=1)
    (row,) = running.plans().values()
    assert row.reason == "skipped_by_merchant"


def test_shifting_moves_what_a_run_has_left_by_the_length_of_the_pause(running):
    running.order("Ana", placed=0, sent=0, arrived=0)
    before = running.plans()
    running.pass_time(days=2)
    pause(running)
    running.pass_time(days=3)
    held(running)
    assert go_on(running, OnResume.SHIFT).shifted > 0
    after = running.plans()
    moved = {
        step: after["#1401", step].due_at - before["#1401", step].due_at for step in ("product_help", "review_request")
    }
    assert moved == {"product_help": timedelta(days=3), "review_request": timedelta(days=3)}
    assert after["#1401", "review_request"].expires_at > before["#1401", "review_request"].expires_at


def test_messages_too_old_to_be_worth_sending_stay_out_whatever_is_chosen(running):
    running.order("Ana", placed=0)
    pause(running)
    held(running)
    running.pass_time(days=3)
    assert go_on(running, OnResume.SEND) == Released(left_out=1)
    assert [row.reason for row in running.plans().values()] == ["stale"]


def test_resuming_touches_only_what_the_pause_held(running):
    running.order("Ana", placed=0)
    with running.work() as session:
        session.execute(update(FollowUp).values(state=FollowUpState.HELD, reason="step_paused"))
    pause(running)
    assert go_on(running, OnResume.SKIP) == Released()


def test_resuming_twice_changes_nothing(running):
    running.order("Ana", placed=0)
    pause(running)
    held(running)
    go_on(running)
    assert go_on(running, OnResume.SKIP) == Released()
