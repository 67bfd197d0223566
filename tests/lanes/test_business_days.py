from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.orders.lanes.business_days import WorkCalendar

BERLIN = WorkCalendar("DE", ZoneInfo("Europe/Berlin"))
FRIDAY = datetime(2026, 3, 6, 11, tzinfo=UTC)  # noon in Berlin
INSTANTS = st.datetimes(datetime(2019, 1, 1), datetime(2031, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
CALENDARS = st.sampled_from(
    [
        BERLIN,
        WorkCalendar("AE", ZoneInfo("Asia/Dubai")),
        WorkCalendar("JP", ZoneInfo("Asia/Tokyo")),
        WorkCalendar(None, ZoneInfo("UTC")),
    ]
)


@pytest.mark.parametrize(
    ("end", "days"),
    [
        (FRIDAY, 0),
        (datetime(2026, 3, 6, 23, tzinfo=UTC), 0.5),  # midnight in Berlin
        (datetime(2026, 3, 8, 9, tzinfo=UTC), 0.5),  # a Sunday adds nothing
        (datetime(2026, 3, 9, 11, tzinfo=UTC), 1),
        (datetime(2026, 3, 13, 11, tzinfo=UTC), 5),
        (datetime(2026, 3, 5, 11, tzinfo=UTC), -1),
    ],
)
def test_days_of_rest_do_not_count(end, days):
    assert BERLIN.elapsed(FRIDAY, end) == pytest.approx(days)


def test_public_holidays_do_not_count():
    thursday_before_easter = datetime(2026, 4, 2, 10, tzinfo=UTC)
    assert BERLIN.after(thursday_before_easter, 1) == datetime(2026, 4, 7, 10, tzinfo=UTC)


def test_what_ends_with_the_week_ends_on_monday_since_some_carriers_work_on_saturday():
    assert BERLIN.after(FRIDAY, 0.5) == datetime(2026, 3, 8, 23, tzinfo=UTC)  # Monday 0:00 in Berlin


@given(CALENDARS, INSTANTS, st.floats(0, 150))
def test_after_and_elapsed_undo_each_other(calendar, start, days):
    end = calendar.after(start, days)
    assert calendar.elapsed(start, end) == pytest.approx(days, abs=1e-4)
    assert end >= start - timedelta(seconds=1)


@given(CALENDARS, INSTANTS, st.floats(0, 90), st.floats(0, 90))
def test_more_days_are_never_earlier(calendar, start, one, other):
    least, most = sorted((one, other))
    assert calendar.after(start, least) <= calendar.after(start, most)
