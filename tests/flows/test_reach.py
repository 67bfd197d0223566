"""How far back a pass looks, and how much of a shop's budget it takes."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.flows.syncing.reach import NIGHT_LASTS, WEEK, next_night, reach, went_silent
from app.shopify.asking.budget import HEAD_START, KEPT, Allowance, Meter, head_start

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
QUARTER = timedelta(minutes=15)
TOMORROW = NOW + timedelta(days=1)


@pytest.mark.parametrize(
    ("finished", "week_at", "since", "is_week"),
    [
        (None, None, NOW - timedelta(days=60), False),  # the first pass ever
        (NOW - QUARTER, TOMORROW, NOW - QUARTER, False),  # an ordinary quarter of an hour
        (NOW - QUARTER, NOW, NOW - WEEK, True),  # at night
        (NOW - QUARTER, None, NOW - WEEK, True),  # never looked back yet
        (NOW - timedelta(hours=3), TOMORROW, NOW - WEEK, True),  # after a gap
        (NOW - timedelta(days=20), TOMORROW, NOW - timedelta(days=20), True),  # a gap longer than a week
    ],
)
def test_how_far_back(finished, week_at, since, is_week):
    known = NOW - timedelta(days=60) if finished is None else finished
    found = reach(known, finished, week_at, NOW)
    assert (found.since, found.is_week) == (since, is_week)


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - hypothesis adds UTC
    st.sampled_from(["Europe/London", "Asia/Tokyo", "Pacific/Honolulu", "Australia/Lord_Howe", "America/St_Johns"]),
    st.integers(1, 10**9),
)
def test_the_night_is_the_shops_own_and_always_ahead(now, name, shop_id):
    zone = ZoneInfo(name)
    at = next_night(now, zone, shop_id)
    assert timedelta() < at - now <= timedelta(days=2)
    assert at.astimezone(zone).date() == now.astimezone(zone).date() + timedelta(days=1)
    assert 0 <= at.astimezone(zone).hour <= 6


def test_nights_are_spread_over_the_shops():
    nights = {next_night(NOW, ZoneInfo("UTC"), shop_id) for shop_id in range(1, 500)}
    assert len(nights) > 450
    assert max(nights) - min(nights) > NIGHT_LASTS * 0.9


@pytest.mark.parametrize(
    ("changed", "unheard", "silent"), [(4, 4, False), (5, 5, True), (20, 10, False), (20, 11, True)]
)
def test_webhooks_that_stopped_show_in_what_was_found(changed, unheard, silent):
    assert went_silent(changed, unheard) is silent


@given(
    st.lists(st.tuples(st.floats(1, 900), st.floats(0, 4_000)), min_size=1, max_size=60),
    st.sampled_from([100.0, 200.0, 1000.0]),
)
def test_a_tenth_is_spent_and_one_page_at_most_beyond_it(pages, rate):
    """A page costs what it costs; the next one waits until nothing is owed, and longer now and then."""
    share, began = 0.1, NOW
    now, spent, left = began, 0.0, head_start(began, rate, share)
    for cost, idle in pages:
        meter = Meter(rate=rate)
        meter.note(cost, rate)
        left = left.now(now).after(meter)
        spent += cost
        gone = (now - began).total_seconds()
        assert spent <= rate * share * (HEAD_START.total_seconds() + gone) + cost + 1e-6
        now += left.wait + timedelta(seconds=idle)
        assert left.now(now).points >= -1e-3


def test_after_a_rest_a_burst_takes_less_than_a_third_of_shopifys_bucket():
    rested = Allowance(0.0, NOW, 100.0, 0.1).now(NOW + timedelta(days=3))
    assert rested.points == 100 * 0.1 * KEPT.total_seconds() <= 100 * 20 / 3
