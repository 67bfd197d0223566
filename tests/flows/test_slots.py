"""When a message leaves, on ordinary days and on the days the clock changes."""

from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.flows.language.window import SendWindow
from app.flows.timing.slots import MAX_JITTER, due_at, jitter, next_allowed

DAYTIME = SendWindow(9, 20)
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
SEVEN_DAYS = timedelta(days=7)


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def local(text, zone):
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


@pytest.mark.parametrize(
    ("at", "zone", "window", "slot"),
    [
        # An ordinary day
        ("2026-11-16 12:00", "Europe/Berlin", DAYTIME, "2026-11-16 12:00"),
        ("2026-11-16 06:30", "Europe/Berlin", DAYTIME, "2026-11-16 09:00"),
        ("2026-11-16 20:00", "Europe/Berlin", DAYTIME, "2026-11-17 09:00"),  # the last hour is not part of it
        ("2026-11-16 23:59", "Asia/Tokyo", DAYTIME, "2026-11-17 09:00"),
        ("2026-11-16 09:00", "Asia/Tokyo", DAYTIME, "2026-11-16 09:00"),
        ("2026-11-16 23:59", "Asia/Tokyo", SendWindow(0, 24), "2026-11-16 23:59"),
        # Only some days: 2026-11-21 is a Saturday
        ("2026-11-21 12:00", "Europe/Berlin", SendWindow(9, 20, frozenset(range(5))), "2026-11-23 09:00"),
        ("2026-11-16 12:00", "Europe/Berlin", SendWindow(9, 20, frozenset({6})), "2026-11-22 09:00"),
        # Spring: 2:00 to 3:00 does not exist in Berlin on 29 March 2026
        ("2026-03-28 12:00", "Europe/Berlin", SendWindow(2, 5), "2026-03-29 03:00"),
        ("2026-03-28 21:00", "Europe/Berlin", DAYTIME, "2026-03-29 09:00"),
        ("2026-03-28 12:00", "Europe/Berlin", SendWindow(2, 3), "2026-03-30 02:00"),  # the whole window is missing
        # Spring at midnight: Cuba, 8 March 2026, 0:00 to 1:00 does not exist
        ("2026-03-07 12:00", "America/Havana", SendWindow(0, 5), "2026-03-08 01:00"),
        # Samoa had no 30 December 2011
        ("2011-12-29 21:00", "Pacific/Apia", DAYTIME, "2011-12-31 09:00"),
    ],
)
def test_the_next_slot_is_the_first_allowed_minute(at, zone, window, slot):
    assert next_allowed(local(at, zone), window, ZoneInfo(zone)) == local(slot, zone)


def test_an_hour_that_comes_twice_opens_the_first_time():
    new_york = ZoneInfo("America/New_York")  # 1 November 2026: 1:00 EDT is 5:00 UTC, 1:00 EST is 6:00 UTC
    assert next_allowed(utc("2026-11-01 03:00"), SendWindow(1, 4), new_york) == utc("2026-11-01 05:00")
    assert next_allowed(utc("2026-11-01 05:59"), SendWindow(1, 2), new_york) == utc("2026-11-01 05:59")
    assert next_allowed(utc("2026-11-01 07:00"), SendWindow(1, 2), new_york) == utc("2026-11-02 06:00")


def test_a_delay_counts_from_the_event_and_ends_in_the_window():
    tokyo = ZoneInfo("Asia/Tokyo")
    due = due_at(utc("2026-11-16 14:00"), SEVEN_DAYS, DAYTIME, tokyo, seed="a", now=LONG_AGO)  # 23:00 in Tokyo
    assert utc("2026-11-24 00:00") <= due <= utc("2026-11-24 00:05")  # 9:00 the next morning there


def test_a_delay_over_a_clock_change_is_elapsed_time():
    due = due_at(utc("2026-03-25 12:00"), SEVEN_DAYS, None, ZoneInfo("Europe/Berlin"), seed="a", now=LONG_AGO)
    assert due == utc("2026-04-01 12:00")


def test_a_slot_that_has_passed_moves_to_the_next_one_and_never_into_the_night():
    berlin = ZoneInfo("Europe/Berlin")
    learned_at = local("2026-11-16 22:00", "Europe/Berlin")
    due = due_at(utc("2026-11-01 12:00"), SEVEN_DAYS, DAYTIME, berlin, seed="a", now=learned_at)
    assert due.astimezone(berlin).date().isoformat() == "2026-11-17"
    assert DAYTIME.is_open(due, berlin)


def test_a_slot_that_has_passed_is_now_while_the_window_is_open():
    now = local("2026-11-16 11:00", "Europe/Berlin")
    assert due_at(utc("2026-11-01 12:00"), SEVEN_DAYS, DAYTIME, ZoneInfo("Europe/Berlin"), seed="a", now=now) == now


def test_news_leaves_at_once_at_any_hour():
    at = local("2026-11-16 03:00", "Europe/Berlin")
    assert due_at(at, timedelta(), None, ZoneInfo("Europe/Berlin"), seed="a", now=at) == at


def test_rows_spread_over_the_first_minutes_of_the_window():
    seeds = [f"1:{row}:review_request" for row in range(500)]
    assert len({jitter(seed) for seed in seeds}) > 150
    assert all(timedelta() <= jitter(seed) <= MAX_JITTER for seed in seeds)
    assert jitter(seeds[0]) == jitter(seeds[0])


@cache
def transitions(name):
    """Every change of a zone's clock from 2024 to 2037, to the minute: found by halving the days that contain one."""
    zone = ZoneInfo(name)
    found = []
    day = datetime(2024, 1, 1, tzinfo=UTC)
    while day.year < 2038:
        after = day + timedelta(days=1)
        if day.astimezone(zone).utcoffset() != after.astimezone(zone).utcoffset():
            low, high = 0, 1440
            while high - low > 1:
                middle = (low + high) // 2
                same = (day + timedelta(minutes=middle)).astimezone(zone).utcoffset() == day.astimezone(
                    zone
                ).utcoffset()
                low, high = (middle, high) if same else (low, middle)
            found.append(day + timedelta(minutes=high))
        day = after
    return found


ZONES = st.sampled_from(sorted(available_timezones() - {"Factory", "localtime"}))
CHANGING = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Havana", "Africa/Cairo", "Asia/Gaza"]
CHANGING += ["Antarctica/Troll", "America/Santiago", "Atlantic/Azores", "Pacific/Chatham", "Africa/Casablanca"]
WINDOWS = st.builds(
    lambda a, b, days: SendWindow(min(a, b), max(a, b) + 1, days),
    st.integers(0, 23),
    st.integers(0, 23),
    st.frozensets(st.integers(0, 6), min_size=1),
)


@st.composite
def near_a_change(draw):
    """A zone, and an instant within two days of one of its clock changes."""
    zone = draw(st.sampled_from(CHANGING))
    at = draw(st.sampled_from(transitions(zone)))
    return ZoneInfo(zone), at + timedelta(seconds=draw(st.integers(-2 * 86400, 2 * 86400)))


@st.composite
def anywhere(draw):
    at = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(seconds=draw(st.integers(0, 13 * 365 * 86400)))
    return ZoneInfo(draw(ZONES)), at


PLACES = st.one_of(near_a_change(), anywhere())


@given(PLACES, WINDOWS)
@settings(max_examples=300)
def test_the_slot_is_open_and_no_minute_before_it_was(place, window):
    zone, at = place
    slot = next_allowed(at, window, zone)
    assert slot >= at
    assert window.is_open(slot, zone)
    step = max(timedelta(minutes=1), (slot - at) / 400)
    moment = at
    while moment < slot:
        assert not window.is_open(moment, zone)
        moment += step


@given(PLACES, WINDOWS, st.integers(0, 90), st.text(max_size=8), st.integers(-20, 120))
@settings(max_examples=300)
def test_due_is_in_the_window_after_the_delay_and_the_same_every_time(place, window, days, seed, known_after_days):
    zone, anchor = place
    delay, now = timedelta(days=days), anchor + timedelta(days=known_after_days)
    due = due_at(anchor, delay, window, zone, seed=seed, now=now)
    assert due >= anchor + delay
    assert due >= now
    assert window.is_open(due, zone)
    assert due == due_at(anchor, delay, window, zone, seed=seed, now=now)


@given(PLACES, WINDOWS, st.integers(0, 3 * 86400), st.text(max_size=4), st.integers(-5, 5))
@settings(max_examples=300)
def test_a_later_event_never_comes_due_earlier(place, window, seconds_later, seed, known_after_days):
    zone, anchor = place
    now = anchor + timedelta(days=known_after_days)
    later = anchor + timedelta(seconds=seconds_later)
    first = due_at(anchor, timedelta(days=1), window, zone, seed=seed, now=now)
    assert first <= due_at(later, timedelta(days=1), window, zone, seed=seed, now=now)


@pytest.mark.parametrize("name", CHANGING)
def test_every_change_of_these_clocks_gives_each_day_one_slot_at_its_hour(name):
    zone = ZoneInfo(name)
    for change in transitions(name):
        for hour in range(0, 24, 5):
            window = SendWindow(hour, 24)
            at = change.astimezone(zone).replace(hour=12) - timedelta(days=2)
            slots = []
            while len(slots) < 4:
                slot = next_allowed(at, window, zone)
                slots.append(slot.astimezone(zone))
                day = slot.astimezone(zone).date()
                at = slot
                while at.astimezone(zone).date() == day:  # leave the day, wherever its midnight is
                    at += timedelta(hours=1)
                at = at.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)
            days = [slot.date() for slot in slots]
            assert len(set(days)) == 4
            for slot in slots[1:]:
                wanted = slot.replace(hour=hour, minute=0, second=0, microsecond=0)
                exists = wanted.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == wanted.replace(tzinfo=None)
                if exists:
                    assert slot.replace(tzinfo=None) == wanted.replace(tzinfo=None)
                    assert slot.astimezone(UTC) == wanted.replace(fold=0).astimezone(UTC)
                else:
                    assert slot.replace(tzinfo=None) > wanted.replace(tzinfo=None)
