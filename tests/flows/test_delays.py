"""Every kind of delay keeps the hour, the minute and the weekday it was given."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.flows.language.forms import WrongFlow, change_step, step_json
from app.flows.language.window import EVERY_DAY, SendWindow, at_time
from app.flows.timing.calendar import Blackout, Calendar, Closed, Quiet
from app.flows.timing.delays import business_days_after, expires_at
from app.flows.timing.plan import Moments, Why, plan
from app.flows.timing.recipient_zone import recipient_zone
from app.flows.timing.slots import closed_by, next_allowed
from app.flows.words.described.step_words import delay_words, hours_words
from app.orders.arrival.delivery import Delivered, DeliverySource
from tests.flows.cases import PARCEL_FLOW, STEPS

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
TOKYO = ZoneInfo("Asia/Tokyo")
MONDAY = date(2026, 11, 23)  # Labour Thanksgiving Day in Japan
JAPAN = Calendar(holidays=frozenset({MONDAY}), holidays_closed=True)


def local(text, zone=TOKYO):
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def due(step, arrived, calendar=JAPAN, now=LONG_AGO):
    moments = Moments(arrived - 4 * DAY, arrived - 2 * DAY, Delivered(arrived, DeliverySource.CARRIER_EVENT))
    return plan(step, moments, recipient_zone("JP", None, ""), seed="1", now=now, calendar=calendar)


ASK = STEPS["review_request"]
WEEKDAYS = frozenset(range(5))


@pytest.mark.parametrize(
    ("change", "arrived", "expected"),
    [
        # days and hours are elapsed time, to the second of the event
        ({"delay": 3 * DAY}, "2026-11-16 10:30", "2026-11-19 10:30"),
        ({"delay": 2 * DAY + 4 * HOUR + 30 * MINUTE}, "2026-11-16 10:30", "2026-11-18 15:00"),
        ({"delay": 2 * DAY + 4 * HOUR}, "2026-11-16 17:30", "2026-11-19 09:00"),  # 21:30, after hours
        # business days: Saturday, Sunday and the holiday on Monday 23 do not count
        ({"delay": 0 * DAY, "business_days": 3}, "2026-11-16 10:30", "2026-11-19 10:30"),
        ({"delay": 0 * DAY, "business_days": 3}, "2026-11-19 10:30", "2026-11-25 10:30"),
        ({"delay": 0 * DAY, "business_days": 3}, "2026-11-21 10:30", "2026-11-26 10:30"),
        ({"delay": HOUR, "business_days": 3}, "2026-11-19 10:30", "2026-11-25 11:30"),
        # a time of day, to the minute, on the first day it is not too early
        ({"delay": 3 * DAY, "window": at_time(10)}, "2026-11-16 09:59", "2026-11-19 10:00"),
        ({"delay": 3 * DAY, "window": at_time(10)}, "2026-11-16 10:01", "2026-11-20 10:00"),
        ({"delay": 3 * DAY, "window": at_time(8, 45)}, "2026-11-16 08:00", "2026-11-19 08:45"),
        ({"delay": 4 * DAY, "window": at_time(10)}, "2026-11-18 10:01", "2026-11-24 10:00"),  # over the holiday
        ({"business_days": 3, "delay": 0 * DAY, "window": at_time(10)}, "2026-11-19 10:00", "2026-11-25 10:00"),
        # weekdays: Tuesday alone, and working days
        ({"delay": 3 * DAY, "window": at_time(10, 0, frozenset({1}))}, "2026-11-16 09:00", "2026-11-24 10:00"),
        ({"delay": 3 * DAY, "window": SendWindow(9, 20, frozenset({1}))}, "2026-11-16 09:30", "2026-11-24 09:00"),
        ({"delay": 5 * DAY, "window": SendWindow(9, 20, WEEKDAYS)}, "2026-11-16 09:30", "2026-11-24 09:00"),
        # minutes of a window
        ({"delay": 3 * DAY, "window": SendWindow(9, 17, EVERY_DAY, 30, 45)}, "2026-11-16 07:00", "2026-11-19 09:30"),
        ({"delay": 3 * DAY, "window": SendWindow(9, 17, EVERY_DAY, 30, 45)}, "2026-11-16 17:45", "2026-11-20 09:30"),
    ],
)
def test_every_delay_keeps_hour_minute_and_weekday(change, arrived, expected):
    step = replace(ASK, **change)
    found = due(step, local(arrived))
    spread = MINUTE if step.window.exact else 5 * MINUTE + timedelta(seconds=1)
    assert timedelta() <= found.due_at - local(expected) < spread, found.due_at.astimezone(TOKYO)
    assert closed_by(found.due_at, step.window, TOKYO, JAPAN) is None


def test_a_late_event_never_leaves_at_another_time_than_the_one_chosen():
    step = replace(ASK, window=at_time(10))
    found = due(step, local("2026-11-02 12:00"), now=local("2026-11-12 10:20"))
    assert found.due_at.astimezone(TOKYO).strftime("%d %H:%M") == "13 10:00"
    assert found.why == (Why.DELAY, Why.LATE, Why.WINDOW)


def test_a_message_we_are_an_hour_late_with_may_still_leave_and_then_waits_for_the_next_day():
    window = at_time(10)
    assert closed_by(local("2026-11-19 10:59"), window, TOKYO) is None
    assert closed_by(local("2026-11-19 11:00"), window, TOKYO) is Closed.WINDOW
    assert next_allowed(local("2026-11-19 10:20"), window, TOKYO) == local("2026-11-20 10:00")


NEW_YORK = ZoneInfo("America/New_York")


@pytest.mark.parametrize(
    ("window", "at", "slot"),
    [
        (at_time(2, 30), "2026-03-07 12:00", "2026-03-08 03:00"),  # 2:30 is left out: the first minute after
        (at_time(1, 30), "2026-10-31 12:00", "2026-11-01 01:30"),  # 1:30 comes twice: the first
        (at_time(10), "2026-03-07 12:00", "2026-03-08 10:00"),
    ],
)
def test_a_time_of_day_on_days_the_clock_changes(window, at, slot):
    assert next_allowed(local(at, NEW_YORK), window, NEW_YORK) == local(slot, NEW_YORK)
    after = local(slot, NEW_YORK) + MINUTE
    assert next_allowed(after, window, NEW_YORK).astimezone(NEW_YORK).date() > date.fromisoformat(slot[:10])


NIGHT = Quiet(21 * 60, 8 * 60)


@pytest.mark.parametrize(
    ("calendar", "window", "at", "closed", "slot"),
    [
        (Calendar(quiet=NIGHT), None, "2026-11-16 21:00", Closed.QUIET, "2026-11-17 08:00"),
        (Calendar(quiet=NIGHT), None, "2026-11-16 20:59", None, "2026-11-16 20:59"),
        (Calendar(quiet=NIGHT), SendWindow(7, 22), "2026-11-16 21:30", Closed.QUIET, "2026-11-17 08:00"),
        (Calendar(quiet=NIGHT), SendWindow(10, 18), "2026-11-16 19:00", Closed.WINDOW, "2026-11-17 10:00"),
        (
            Calendar(quiet=Quiet(12 * 60, 14 * 60)),
            SendWindow(9, 20),
            "2026-11-16 12:30",
            Closed.QUIET,
            "2026-11-16 14:00",
        ),
        # the step's own hours lie wholly in the quiet ones: it speaks when these end
        (Calendar(quiet=NIGHT), SendWindow(5, 7), "2026-11-16 12:00", Closed.WINDOW, "2026-11-17 08:00"),
        (Calendar(quiet=NIGHT), at_time(22, 0), "2026-11-16 12:00", Closed.WINDOW, "2026-11-17 08:00"),
        # days
        (JAPAN, None, "2026-11-23 12:00", Closed.HOLIDAY, "2026-11-24 00:00"),
        (JAPAN, SendWindow(9, 20), "2026-11-22 22:00", Closed.WINDOW, "2026-11-24 09:00"),
        (
            Calendar(blackouts=(Blackout(date(2026, 11, 20), date(2026, 12, 1)),)),
            SendWindow(9, 20),
            "2026-11-20 12:00",
            Closed.BLACKOUT,
            "2026-12-02 09:00",
        ),
        (
            Calendar(blackouts=(Blackout(date(2000, 12, 24), date(2000, 1, 2), yearly=True),)),
            at_time(10),
            "2026-12-31 12:00",
            Closed.BLACKOUT,
            "2027-01-03 10:00",
        ),
    ],
)
def test_the_shops_calendar_moves_to_the_first_open_hour(calendar, window, at, closed, slot):
    assert closed_by(local(at), window, TOKYO, calendar) is closed
    assert next_allowed(local(at), window, TOKYO, calendar) == local(slot)


def test_news_of_the_order_goes_by_no_calendar():
    night = Calendar(quiet=Quiet(0, 24 * 60 - 1), blackouts=(Blackout(date(2026, 1, 1), date(2026, 12, 31)),))
    arrived = local("2026-11-16 23:00")
    assert due(STEPS["delivered"], arrived, night).due_at == arrived
    assert due(STEPS["product_help"], arrived, night).why[-1] is Why.BLACKOUT


def test_closed_days_do_not_age_a_message_until_there_are_thirty_of_them():
    ready = local("2026-11-16 10:00")
    for closed, counted in ((0, 0), (5, 5), (60, 30)):
        last = ready.date() + closed * DAY
        calendar = Calendar(blackouts=(Blackout(ready.date() + DAY, last),) if closed else ())
        assert expires_at(ASK, ready, TOKYO, calendar) == ready + ASK.max_age + counted * DAY
    news = Calendar(blackouts=(Blackout(ready.date(), ready.date() + 9 * DAY),))
    assert expires_at(STEPS["shipped"], ready, TOKYO, news) == ready + STEPS["shipped"].max_age


@pytest.mark.parametrize(("gap", "hours"), [(48 * HOUR, 48), (12 * HOUR, 24), (96 * HOUR, 96)])
def test_the_pause_after_arrival_is_the_shops(gap, hours):
    step = replace(ASK, delay=DAY, window=None)
    arrived = local("2026-11-16 10:00")
    assert due(step, arrived, Calendar(ask_gap=gap)).due_at == arrived + hours * HOUR
    assert due(replace(STEPS["product_help"], delay=DAY, window=None), arrived, Calendar(help_gap=gap)).due_at == (
        arrived + hours * HOUR
    )


INSTANTS = st.integers(0, 14 * 365 * 24 * 60).map(lambda minutes: datetime(2024, 1, 1, tzinfo=UTC) + minutes * MINUTE)
PLACES = st.sampled_from(["Asia/Tokyo", "America/New_York", "Australia/Lord_Howe", "America/Havana", "Africa/Cairo"])


@given(INSTANTS, PLACES, st.integers(1, 40), st.frozensets(st.integers(0, 6), max_size=6), st.integers(0, 60))
@settings(max_examples=150)
def test_business_days_end_on_the_nth_of_them_at_the_same_hour(at, place, count, weekend, holiday):
    zone = ZoneInfo(place)
    day = at.astimezone(zone).date()
    calendar = Calendar(weekend=weekend, holidays=frozenset({day + holiday * DAY}))
    found = business_days_after(at, count, zone, calendar).astimezone(zone)
    between = [day + each * DAY for each in range(1, (found.date() - day).days + 1)]
    assert sum(each.weekday() not in weekend and each != day + holiday * DAY for each in between) == count
    assert calendar.is_business_day(found.date())
    shift = abs((found.replace(tzinfo=None) - at.astimezone(zone).replace(tzinfo=None)).seconds)
    assert min(shift, 86400 - shift) <= 3600  # but where a clock left that hour out


def test_documents_carry_minutes_business_days_and_times_and_read_back_the_same():
    changes = {"delay_days": 0, "delay_minutes": 90, "delay_business_days": 2, "fallback_days": 30}
    window = {"from_hour": 10, "from_minute": 30, "exact": True, "weekdays": [0, 3]}
    step = change_step(PARCEL_FLOW, "review_request", {**changes, "window": window}).step("review_request")
    assert (step.delay, step.business_days) == (90 * MINUTE, 2)
    assert step.window == at_time(10, 30, frozenset({0, 3}))
    assert step_json(step)["window"] == window
    assert delay_words(step) == "2 business days, 1 hour and 30 minutes"
    assert hours_words(step.window) == "at 10:30 on Monday and Thursday"
    whole = {"from_hour": 9, "to_hour": 17, "to_minute": 45, "weekdays": [0, 1, 2, 3, 4, 5, 6]}
    step = change_step(PARCEL_FLOW, "review_request", {"window": whole}).step("review_request")
    assert step_json(step)["window"] == whole
    assert hours_words(step.window) == "between 9:00 and 17:45"


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("delay_minutes", {"delay_minutes": 1440}),
        ("delay_business_days", {"delay_business_days": 61}),
        ("fallback_days", {"delay_business_days": 20, "fallback_days": 30}),
        ("window.from_minute", {"window": {"from_hour": 9, "from_minute": 60, "to_hour": 10}}),
        ("window.to_hour", {"window": {"from_hour": 23, "from_minute": 30, "to_hour": 24, "to_minute": 15}}),
        ("window.to_hour", {"window": {"from_hour": 9, "from_minute": 30, "to_hour": 9, "to_minute": 30}}),
    ],
)
def test_wrong_times_are_refused_by_name(field, changes):
    with pytest.raises(WrongFlow) as refused:
        change_step(PARCEL_FLOW, "review_request", changes)
    assert f"steps.review_request.{field}" in refused.value.errors
