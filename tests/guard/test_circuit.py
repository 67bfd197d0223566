"""An hour far beyond the usual holds everything, says so once, and goes on when the merchant says that it is right."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, text, update

from app.flows.models import Flow, FollowUp, FollowUpState
from app.flows.pages.home.needs import cards
from app.flows.planning.by_hand.pause import resume
from app.flows.planning.by_hand.release import OnResume
from app.flows.sending import drain
from app.kit.clock import business_now
from app.shops.settings import Pause, load
from tests.guard.crowd import asked_of

COPY = """insert into follow_up (shop_id, enrollment_id, order_id, step, state, outcome, due_at, provisional,
    expires_at, zone, fence, attempts, done_at)
    select shop_id, enrollment_id, order_id, step || '-' || :name || n, 'done', 'handed_over',
    due_at - :days * interval '1 day' - interval '5 minutes', false, expires_at, zone, 0, 0, due_at
    from follow_up, generate_series(1, :times) n where step = 'review_request' limit :times"""


@pytest.fixture
def long_running(started):
    asked_of(started, 3, 1)
    with started.work() as session:
        session.execute(update(Flow).values(started_at=business_now(session) - timedelta(days=30)))
    return started


def copies(people, times, days, name):
    with people.work() as session:
        session.execute(text(COPY), {"times": times, "days": days, "name": name})


def sent(people):
    mine = (FollowUp.outcome == "handed_over", FollowUp.step == "review_request")
    return people.rows(select(func.count(FollowUp.id)).where(*mine))[0][0]


def test_an_hour_beyond_five_times_the_usual_holds_all_and_a_resume_lets_it_pass(wired, long_running, sink):
    for day in range(1, 8):
        copies(long_running, 30, day, f"day{day}.")
    copies(long_running, 220, 0, "now")
    drain.drain(wired)
    assert sink.delivered == []
    with long_running.work() as session:
        assert load(session, Pause).words == "223 messages within an hour, 30 is usual"
        (card,) = [each for each in cards(session) if "usual" in each.heading]
        assert "223 messages within an hour, 30 is usual" in card.words
        assert {row.state for row in session.scalars(select(FollowUp).where(FollowUp.step == "review_request"))} == {
            FollowUpState.HELD
        }
        resume(session, OnResume.SEND, by="user:7")
    drain.drain(wired)
    assert len(sink.delivered) == sent(long_running) == 3


@pytest.mark.parametrize(("usual", "now"), [(60, 220), (0, 190)])
def test_a_busy_hour_that_is_usual_or_small_is_let_through(wired, long_running, sink, usual, now):
    for day in range(1, 8):
        copies(long_running, usual, day, f"day{day}.")
    copies(long_running, now, 0, "now")
    drain.drain(wired)
    assert len(sink.delivered) == 3


def test_a_shop_of_its_first_week_has_no_usual_hour(wired, long_running, sink):
    with long_running.work() as session:
        session.execute(update(Flow).values(started_at=business_now(session) - timedelta(days=6)))
    copies(long_running, 400, 0, "now")
    drain.drain(wired)
    assert len(sink.delivered) == 3
