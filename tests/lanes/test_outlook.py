"""What is expected of one parcel: by whom, when it counts as arrived, from when on it is late."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.orders.arrival.delivery import Scan
from app.orders.lanes.business_days import WorkCalendar
from app.orders.lanes.curve import CELLS, cell, shifted
from app.orders.lanes.expect import Fitted, Level
from app.orders.lanes.outlook import NOTHING, ExpectedBy, Late, Parcel, Terms, outlook

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
BERLIN = WorkCalendar("DE", ZoneInfo("Europe/Berlin"))
POINT = tuple(float(place == cell(1.0)) for place in range(CELLS))
LANE = Fitted(Level.LANE, 200, told=0.6, lost=0.005, middle=1.1, doubt=0.01, curve=shifted(POINT, 1.1, 0.3))
DAY = timedelta(days=1)
PARCEL = Parcel(MONDAY, tracked=True, scans=[Scan("IN_TRANSIT", MONDAY + DAY)])


def look(parcel=PARCEL, lane=LANE, terms=None, now=MONDAY + 2 * DAY):
    return outlook(parcel, lane, BERLIN, terms or Terms(), now)


def test_a_parcel_that_is_done_expects_nothing():
    assert look(replace(PARCEL, done=True)) == NOTHING


@pytest.mark.parametrize(
    ("changes", "lane", "terms", "by"),
    [
        ({"says": MONDAY + 4 * DAY}, LANE, Terms(stated=(1, 3)), ExpectedBy.CARRIER),
        ({"says": MONDAY}, LANE, Terms(stated=(1, 3)), ExpectedBy.LANE),  # its own later scan has overtaken it
        ({}, LANE, Terms(stated=(1, 3)), ExpectedBy.LANE),
        ({}, None, Terms(stated=(1, 3)), ExpectedBy.SHOP),
        ({}, replace(LANE, parcels=19), Terms(), None),
        ({"tracked": False, "scans": []}, LANE, Terms(), None),
        ({"tracked": False, "scans": []}, LANE, Terms(stated=(1, 3)), ExpectedBy.SHOP),
        ({"scans": [Scan("attempted_delivery", MONDAY + DAY)]}, LANE, Terms(stated=(1, 3)), None),
    ],
)
def test_the_best_word_counts_and_without_one_nothing_is_promised(changes, lane, terms, by):
    found = look(replace(PARCEL, **changes), lane, terms)
    assert found.expected_by is by
    assert (found.expected_from is None) is (by is None)


def test_a_shop_states_working_days():
    found = look(lane=None, terms=Terms(stated=(2, 5)))
    assert (found.expected_from, found.expected_to) == (MONDAY + 2 * DAY, MONDAY + 7 * DAY)  # a weekend between


def test_nothing_is_inferred_where_the_merchant_never_guesses_or_nothing_is_known():
    assert look().inferred_at is not None
    assert look(terms=Terms(risk=None)).inferred_at is None
    assert look(lane=None).inferred_at is None
    assert look(lane=replace(LANE, parcels=3)).inferred_at is None


@pytest.mark.parametrize("status", ["attempted_delivery", "failure", "FAILURE"])
def test_what_was_refused_at_the_door_is_not_taken_for_arrived(status):
    refused = replace(PARCEL, scans=[*PARCEL.scans, Scan(status, MONDAY + 2 * DAY)])
    assert look(refused).inferred_at is None
    newer = replace(refused, scans=[*refused.scans, Scan("in_transit", MONDAY + 3 * DAY)])
    assert look(newer).inferred_at is not None


def test_a_scan_that_was_taken_back_counts_for_nothing():
    back = replace(PARCEL, scans=[*PARCEL.scans, Scan("failure", MONDAY + 2 * DAY, deleted=True)])
    assert look(back) == look()


def test_a_parcel_is_late_past_the_last_day_expected():
    promised = replace(PARCEL, says=datetime(2026, 3, 4, 12, tzinfo=UTC))
    found = look(promised, terms=Terms(quiet_days=9))
    assert (found.late_at, found.late_by) == (datetime(2026, 3, 4, 23, tzinfo=UTC), Late.EXPECTED_PASSED)  # midnight


def test_a_parcel_is_late_after_so_many_working_days_without_a_scan():
    friday = datetime(2026, 3, 6, 9, tzinfo=UTC)
    found = look(replace(PARCEL, scans=[Scan("in_transit", friday)]), lane=None, now=friday)
    assert (found.late_at, found.late_by) == (datetime(2026, 3, 11, 9, tzinfo=UTC), Late.NO_SCAN)


@pytest.mark.parametrize(
    ("changes", "lane"),
    [
        ({"tracked": False}, LANE),
        ({"scans": []}, LANE),  # no carrier has seen it: no tracking, never late
        ({}, replace(LANE, told=0.0)),  # this lane never tells
        ({"scans": [Scan("failure", MONDAY + DAY)]}, LANE),  # it goes back, which is another story
    ],
)
def test_what_cannot_be_told_is_never_late(changes, lane):
    assert look(replace(PARCEL, **changes), lane).late_at is None


def test_what_lies_at_a_carriers_counter_is_not_late_and_nothing_more_is_promised():
    there = replace(PARCEL, says=MONDAY + 4 * DAY, scans=[*PARCEL.scans, Scan("READY_FOR_PICKUP", MONDAY + 2 * DAY)])
    found = look(there, terms=Terms(stated=(1, 3)))
    assert (found.late_at, found.expected_from, found.expected_to) == (None, None, None)
    back = replace(there, scans=[*there.scans, Scan("in_transit", MONDAY + 3 * DAY)])
    assert look(back).late_at is not None


def test_of_what_lies_at_the_shops_own_counter_no_lane_says_anything():
    there = replace(PARCEL, tracked=False, scans=[], waits=True)
    assert look(replace(there, waits=False), terms=Terms(stated=(1, 3))) != NOTHING
    assert look(there, terms=Terms(stated=(1, 3))) == NOTHING


def test_what_is_told_to_have_arrived_after_the_last_day_expected_is_not_late():
    friday_midnight = Scan("delivered", MONDAY + timedelta(hours=110))
    found = look(replace(PARCEL, scans=[friday_midnight]), now=MONDAY + timedelta(hours=86))
    assert found.late_at is None


STATUSES = ["confirmed", "in_transit", "out_for_delivery", "attempted_delivery", "delivered", "failure"]
SCANS = st.lists(
    st.builds(
        lambda status, hours, deleted: Scan(status, MONDAY + timedelta(hours=hours), deleted=deleted),
        st.sampled_from(STATUSES),
        st.integers(0, 400),
        st.booleans(),
    ),
    max_size=6,
)


@given(SCANS, st.randoms(), st.sampled_from([LANE, replace(LANE, told=0.0), None]), st.booleans(), st.integers(0, 500))
def test_the_order_in_which_scans_are_heard_changes_nothing(scans, dice, lane, tracked, hours):
    now = MONDAY + timedelta(hours=hours)
    parcel = replace(PARCEL, scans=scans, tracked=tracked)
    found = look(parcel, lane, now=now)
    mixed = list(scans)
    dice.shuffle(mixed)
    assert look(replace(parcel, scans=mixed), lane, now=now) == found
    if not tracked:
        assert found.late_at is None
    if found.expected_from is not None:
        assert found.expected_from <= found.expected_to
    heard = [scan.happened_at for scan in scans if not scan.deleted and scan.happened_at <= now + DAY]
    if found.late_at is not None:
        assert found.late_at > max(heard)
