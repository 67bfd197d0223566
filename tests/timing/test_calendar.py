"""A shop's calendar in the plan, at the decision, and in the sentence a merchant reads."""

from datetime import UTC, datetime, timedelta

import pytest

from app.flows.facts.calendars import CalendarSetting
from app.flows.facts.gather import gather
from app.flows.facts.grounds import asked, fingerprints
from app.flows.rules.decision import Postpone
from app.flows.rules.recorded import recorded
from app.flows.words.decided.explain import explain
from app.kit.rows.one_trip import one_trip
from app.shops.settings import save
from tests.admin.merchant import DAY
from tests.admin_people.stories import decides


def keeps(merchant, **changes):
    with merchant.work() as session:
        save(session, CalendarSetting(**changes), by="user:7")


def due(merchant, step="review_request"):
    (row,) = merchant.plans(step).values()
    return row.due_at


def sentence(merchant, order_id, step, person, verdict):
    with merchant.work() as session:
        row_id = next(row.id for (_, key), row in merchant.plans().items() if key == step)
        (one,) = gather(session, [row_id])
        return explain(recorded(verdict, one.facts, merchant.now), person).verdict


def test_dai_waits_until_tuesday_because_monday_is_a_holiday_in_japan(running):
    keeps(running, holidays_closed=True)
    order = running.order("Dai", placed=2, sent=2, arrived=1, country="JP")
    running.clock["now"] = datetime(2026, 11, 23, 3, tzinfo=UTC)  # Monday noon in Tokyo: Labour Thanksgiving Day
    verdict = decides(running, order, "product_help")
    assert isinstance(verdict, Postpone)
    assert verdict.until == datetime(2026, 11, 24, 0, tzinfo=UTC)
    assert sentence(running, order, "product_help", "Dai", verdict) == (
        "Dai: waits until tomorrow 9:00 in Tokyo. Today is a public holiday in Japan."
    )


def test_nothing_is_planned_on_a_holiday_where_the_recipient_lives_alone(running):
    keeps(running, holidays_closed=True)
    running.order("Dai", placed=2, sent=2, arrived=0, country="JP")
    assert due(running, "product_help").date().isoformat() == "2026-11-24"  # three days on is Monday 23
    running.order("Ana", placed=2, sent=2, arrived=0)
    assert {row.due_at.date().isoformat() for row in running.plans("product_help").values()} == {
        "2026-11-23",
        "2026-11-24",
    }


@pytest.mark.parametrize(
    ("kept", "at", "until", "words"),
    [
        (
            {"quiet_from": "11:00", "quiet_to": "14:30"},
            datetime(2026, 11, 27, 12, tzinfo=UTC),
            datetime(2026, 11, 27, 14, 30, tzinfo=UTC),
            "Ana: waits until 14:30 in London, when your quiet hours are over.",
        ),
        (
            {"closed_days": "2026-11-26/2026-11-29"},
            datetime(2026, 11, 27, 12, tzinfo=UTC),
            datetime(2026, 11, 30, 9, tzinfo=UTC),
            "Ana: waits until Monday 9:00 in London. You keep the days before that free of messages.",
        ),
        (
            {"closed_days": "--11-27/--11-27"},
            datetime(2026, 11, 27, 12, tzinfo=UTC),
            datetime(2026, 11, 28, 9, tzinfo=UTC),
            "Ana: waits until tomorrow 9:00 in London. You keep the days before that free of messages.",
        ),
    ],
)
def test_a_closed_hour_postpones_with_its_own_reason(running, kept, at, until, words):
    order = running.order("Ana", placed=2, sent=2, arrived=0)
    keeps(running, **kept)  # after it was planned
    running.clock["now"] = at
    verdict = decides(running, order, "review_request")
    assert isinstance(verdict, Postpone)
    assert verdict.until == until
    assert sentence(running, order, "review_request", "Ana", verdict) == words


def test_order_news_goes_in_the_middle_of_it_all(running):
    keeps(running, quiet_from="00:00", quiet_to="23:00", closed_days="2026-01-01/2026-12-31", holidays_closed=True)
    running.order("Ana", placed=0, sent=0, arrived=0)
    plans = {step: row for (_, step), row in running.plans().items()}
    assert {plans[step].due_at for step in ("thank_you", "shipped", "delivered")} == {running.now}
    assert plans["review_request"].due_at.year == 2027


def test_the_pause_after_arrival_is_the_shops_own(running):
    keeps(running, help_gap_hours=120)
    running.order("Ana", placed=2, sent=2, arrived=0)
    assert due(running, "product_help") - running.now >= 5 * DAY
    assert due(running, "product_help") - running.now <= 5 * DAY + timedelta(minutes=5)


def test_a_hand_off_notices_a_calendar_saved_since_it_was_decided(running):
    order = running.order("Ana", placed=2, sent=2, arrived=0)
    ids = [row.id for (_, step), row in running.plans().items() if step == "review_request"]

    def printed():
        with running.work() as session:
            (rows,) = one_trip(session, [asked(running.id, ids)])
            return fingerprints(rows)

    before = printed()
    keeps(running, quiet_from="21:00", quiet_to="08:00")
    assert printed() != before
    assert order
