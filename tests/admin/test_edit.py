"""Changing a step: what moves is said before, moves then, and the old version stays."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from app.flows.language.forms import WrongFlow
from app.flows.models import Enrollment, Flow, FlowVersion, FollowUp, FollowUpState
from app.flows.planning.by_hand.edit import foresee, save_step
from app.flows.planning.by_hand.pause import pause_all
from app.flows.planning.by_hand.start import Choice, start
from app.kit.errors import NotFound


@pytest.fixture
def running(merchant):
    with merchant.work() as session:
        start(session, Choice(), by="user:7")
        session.execute(update(Flow).values(include_from=datetime(2020, 1, 1, tzinfo=UTC)))
    return merchant


def change(merchant, step="review_request", **changes):
    with merchant.work() as session:
        return save_step(session, step, changes, by="user:7")


def told_before(merchant, step="review_request", **changes):
    with merchant.work() as session:
        return [(each.row.id, each.planned.due_at) for each in foresee(session, step, changes).moves]


def row(merchant, step="review_request", order="#1401"):
    return merchant.plans()[order, step]


def test_a_longer_delay_moves_what_is_planned(running):
    running.order("Ana", placed=0, sent=0, arrived=0)
    before = row(running).due_at
    done = change(running, delay_days="10")
    assert len(done.moves) == 1
    assert row(running).due_at - before == timedelta(days=3)
    assert row(running).expires_at == running.now + timedelta(days=31)


def test_what_is_said_before_is_what_happens(running):
    for place in range(4):
        running.order(f"P{place}", placed=9, sent=8, arrived=place, country=("GB", "JP", "US", "DE")[place])
    changes = {"delay_days": "3", "window": {"from_hour": "12", "to_hour": "14"}}
    running.pass_time(hours=9)
    told = told_before(running, **changes)
    before = {each.id: each.due_at for each in running.plans("review_request").values()}
    done = change(running, **changes)
    assert [(each.row.id, each.planned.due_at) for each in done.moves] == told
    after = {each.id: each.due_at for each in running.plans("review_request").values()}
    assert {key: due for key, due in after.items() if due != before[key]} == dict(told)


def test_saying_what_would_move_moves_nothing(running):
    running.order("Ana", placed=0, sent=0, arrived=0)
    before = row(running).due_at
    assert told_before(running, delay_days="10")
    assert row(running).due_at == before
    assert len(running.rows(select(FlowVersion))) == 2


def test_a_changed_window_moves_into_it_by_each_persons_clock(running):
    running.order("Ana", placed=9, sent=8, arrived=7, country="JP")
    change(running, window={"from_hour": "14", "to_hour": "15"})
    assert row(running).due_at.astimezone(UTC).hour == 5  # 14:00 in Tokyo


def test_a_later_latest_day_moves_only_what_nobody_reported(running):
    running.order("Ana", placed=2, sent=1)
    running.order("Bela", placed=9, sent=8, arrived=1)
    change(running, fallback_days="30")
    waits, arrived = row(running), row(running, order="#1402")
    assert waits.provisional
    assert waits.due_at >= running.now + timedelta(days=29)
    assert not arrived.provisional
    assert arrived.due_at < running.now + timedelta(days=7)


def test_a_new_version_is_published_and_unfinished_runs_are_pinned_to_it(running):
    running.order("Ana", placed=0, sent=0, arrived=0)
    change(running, delay_days=9)
    (flow,) = running.rows(select(Flow).where(Flow.key == "parcel"))[0]
    assert flow.version == 2
    assert [run.version for (run,) in running.rows(select(Enrollment).where(Enrollment.flow_id == flow.id))] == [2]
    old = running.rows(select(FlowVersion.document).where(FlowVersion.flow_id == flow.id, FlowVersion.number == 1))
    assert [step["delay_days"] for step in old[0][0]["steps"] if step["key"] == "review_request"] == [7]


def test_finished_runs_keep_the_version_they_ran_with(running):
    running.order("Ana", placed=0, sent=0, arrived=0)
    with running.work() as session:
        session.execute(update(FollowUp).values(state=FollowUpState.DONE, done_at=running.now))
    change(running, delay_days=9)
    assert {run.version for (run,) in running.rows(select(Enrollment))} == {1}


def test_a_webhook_after_the_change_does_not_move_it_back(running):
    order = running.order("Ana", placed=0, sent=0, arrived=0)
    change(running, delay_days=10)
    due = row(running).due_at
    running.told(order)
    assert row(running).due_at == due


def test_saving_what_already_holds_publishes_nothing(running):
    assert change(running, delay_days=7).moves == ()
    assert len(running.rows(select(FlowVersion))) == 2


def test_one_step_moves_alone(running):
    running.order("Ana", placed=0, sent=0, arrived=0)
    before = row(running, "product_help").due_at
    change(running, delay_days=10)
    assert row(running, "product_help").due_at == before


@pytest.mark.parametrize("state", [FollowUpState.CLAIMED, FollowUpState.DONE])
def test_what_is_on_its_way_out_or_done_stays(running, state):
    running.order("Ana", placed=0, sent=0, arrived=0)
    with running.work() as session:
        session.execute(update(FollowUp).values(state=state))
    due = row(running).due_at
    assert change(running, delay_days=10).moves == ()
    assert row(running).due_at == due


def test_a_message_being_tried_again_keeps_its_next_try(running):
    running.order("Ana", placed=0, sent=0, arrived=0)
    with running.work() as session:
        session.execute(update(FollowUp).values(message_id=1))
    assert change(running, delay_days=10).moves == ()


def test_what_waits_for_a_return_never_comes_earlier_than_that(running):
    running.order("Ana", placed=9, sent=8, arrived=7)
    until = running.now + timedelta(days=2)
    with running.work() as session:
        session.execute(update(FollowUp).values(due_at=until, postponed_until=until, reason="return_open"))
    change(running, delay_days=3)
    assert row(running).due_at == until


def test_held_messages_move_too_and_stay_held(running):
    running.order("Ana", placed=0, sent=0, arrived=0)
    with running.work() as session:
        pause_all(session, by="user:7")
        session.execute(update(FollowUp).values(state=FollowUpState.HELD, reason="shop_paused"))
    change(running, delay_days=10)
    assert (row(running).state, row(running).reason) == (FollowUpState.HELD, "shop_paused")
    assert row(running).due_at > running.now + timedelta(days=9)


def test_pausing_a_step_drops_nothing_and_switching_it_on_lets_it_go_on(running):
    running.order("Ana", placed=0, sent=0, arrived=0)
    change(running, state="paused")
    assert row(running).state is FollowUpState.SCHEDULED
    with running.work() as session:
        session.execute(update(FollowUp).values(state=FollowUpState.HELD, reason="step_paused"))
    done = change(running, state="on")
    assert (done.released, done.dropped, done.moves) == (1, 0, ())
    assert row(running).state is FollowUpState.SCHEDULED
    assert row(running, "product_help").state is FollowUpState.HELD  # another step's


def test_switching_on_leaves_out_what_is_over_a_day_late(running):
    running.order("Ana", placed=0)
    change(running, "thank_you", state="paused")
    with running.work() as session:
        session.execute(update(FollowUp).values(state=FollowUpState.HELD, reason="step_paused"))
    running.pass_time(hours=25)
    assert change(running, "thank_you", state="on").dropped == 1
    assert row(running, "thank_you").reason == "dropped_on_resume"


def test_shipping_news_switched_on_starts_with_what_is_still_to_come(running):
    order = running.order("Ana", placed=2, sent=1)  # Shopify has told her that it is on its way
    for step in ("shipped", "delivered"):
        change(running, step, state="on")
    running.told(order)
    assert (row(running, "delivered").state, row(running, "delivered").provisional) == (FollowUpState.SCHEDULED, True)
    assert (row(running, "shipped").state, row(running, "shipped").reason) == (FollowUpState.DONE, "left_to_shopify")


@pytest.mark.parametrize(
    ("changes", "field", "says"),
    [
        ({"delay_days": "0"}, "delay_days", "Delay must be 1 to 90 days. You entered 0."),
        ({"delay_days": "91"}, "delay_days", "Delay must be 1 to 90 days. You entered 91."),
        ({"delay_days": "soon"}, "delay_days", "Delay must be 1 to 90 days. You entered soon."),
        ({"fallback_days": "7"}, "fallback_days", "Latest day must be 8 to 120 days. You entered 7."),
        ({"window": {"from_hour": "20", "to_hour": "9"}}, "window.to_hour", "Last hour must be after 20:00."),
        ({"state": "loud"}, "state", "State must be one of on, paused, left_to_shopify. You entered loud."),
    ],
)
def test_wrong_input_names_its_field_and_changes_nothing(running, changes, field, says):
    with pytest.raises(WrongFlow) as wrong:
        change(running, **changes)
    assert wrong.value.errors[f"steps.review_request.{field}"].startswith(says)
    assert len(running.rows(select(FlowVersion))) == 2


def test_a_step_nobody_has_is_not_found(running):
    with pytest.raises(NotFound):
        change(running, "win_back", delay_days=3)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(delays=st.lists(st.integers(1, 19), min_size=1, max_size=4), arrived=st.integers(0, 12))
def test_any_edits_end_where_the_last_one_alone_would(running, delays, arrived):
    with running.work() as session:
        for table in (FollowUp, Enrollment):
            session.execute(table.__table__.delete())
    running.order("Ana", placed=14, sent=13, arrived=arrived)
    (name,) = {name for name, _ in running.plans()}
    for delay in delays:
        change(running, delay_days=delay)
    straight = row(running, order=name).due_at
    for delay in (20, delays[-1]):
        change(running, delay_days=delay)
    assert row(running, order=name).due_at == straight
    assert straight >= running.now - timedelta(days=arrived) + timedelta(days=delays[-1])


def held_for_two_weeks(running):
    """Five people about to be asked when the request is switched off for a fortnight."""
    for place in range(5):
        running.order(f"P{place}", placed=9, sent=8, arrived=6)
    change(running, state="paused")
    running.pass_time(days=2)
    with running.work() as session:
        session.execute(
            update(FollowUp)
            .where(FollowUp.step == "review_request")
            .values(state=FollowUpState.HELD, reason="step_paused")
        )
    running.pass_time(days=12)


def states(running):
    return sorted((each.state.value, each.reason) for each in running.plans("review_request").values())


def test_switched_on_after_a_fortnight_nobody_is_bombarded(running):
    held_for_two_weeks(running)
    page = running.fetch("/flows/review_request").text
    assert "When it is switched on: those that waited" in page
    assert "5 are over a day late and left out" in page
    done = change(running, state="on")
    assert (done.released, done.dropped) == (0, 5)
    assert states(running) == [("done", "dropped_on_resume")] * 5


@pytest.mark.parametrize(
    ("choice", "expected"),
    [("skip", ("done", "skipped_by_merchant")), ("send", ("scheduled", None)), ("shift", ("scheduled", None))],
)
def test_switching_on_carries_out_what_was_chosen(running, choice, expected):
    held_for_two_weeks(running)
    before = {each.id: each.due_at for each in running.plans("review_request").values()}
    answer = running.post("/flows/review_request", state="on", choice=choice)
    assert answer.status_code == 200
    assert states(running) == [expected] * 5
    if choice == "shift":
        after = {each.id: each.due_at for each in running.plans("review_request").values()}
        assert {after[each] - due for each, due in before.items()} == {timedelta(days=14)}
    assert running.post("/flows/review_request", state="on", choice="maybe").status_code == 422
