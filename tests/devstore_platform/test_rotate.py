"""When a refresh token still works, for any course of events."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from devstore.platform.rotate import REFRESH_LIFETIME, RETRY_WINDOW, RefreshFacts, may_refresh

ISSUED = datetime(2026, 11, 21, tzinfo=UTC)
MOMENTS = st.integers(0, 200 * 24 * 60).map(lambda minutes: ISSUED + timedelta(minutes=minutes))


def facts(**changes):
    known = {
        "expires_at": ISSUED + REFRESH_LIFETIME,
        "first_used_at": None,
        "replacement_used_at": None,
        "revoked_at": None,
    }
    return RefreshFacts(**(known | changes))


@given(MOMENTS)
def test_an_unused_token_lives_ninety_days(now):
    assert may_refresh(facts(), now) == (now < ISSUED + timedelta(days=90))


@given(MOMENTS, MOMENTS)
def test_a_used_token_works_thirty_days_more_but_never_past_its_own_end(used, now):
    expected = now < used + timedelta(days=30) and now < ISSUED + timedelta(days=90)
    assert may_refresh(facts(first_used_at=used), now) == expected
    assert timedelta(days=30) == RETRY_WINDOW


@given(MOMENTS, MOMENTS, st.sampled_from(["replacement_used_at", "revoked_at"]))
def test_a_retired_token_is_dead(when, now, how):
    assert not may_refresh(facts(**{how: when}), now)
