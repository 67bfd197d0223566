"""Since when goods wait at the shop's counter, and since when they are in the buyer's hands."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from app.orders.arrival.pickup import NONE, Pickup, at_counter, shown, shown_before

MONDAY = datetime(2026, 11, 16, 10, tzinfo=UTC)


def at(hours):
    return MONDAY + timedelta(hours=hours)


def heard(*tellings):
    """What is known once (status, updatedAt) are told in this order."""
    known, newest = NONE, (None, None)
    for status, when in tellings:
        if newest[1] is None or when >= newest[1]:
            known, newest = shown(known, status, when), (status, when)
        else:
            known = shown_before(known, newest[0], status, when)
    return known


@pytest.mark.parametrize(
    ("tellings", "expected"),
    [
        ([(None, at(0))], NONE),
        ([("in_transit", at(0))], NONE),
        ([("ready_for_pickup", at(1))], Pickup(at(1))),
        ([("ready_for_pickup", at(1)), ("picked_up", at(5))], Pickup(at(1), at(5))),
        ([("picked_up", at(5))], Pickup(None, at(5))),  # at many counters nobody presses the first button
        ([("picked_up", at(5)), ("picked_up", at(50))], Pickup(None, at(5))),  # told again with another change
        ([("ready_for_pickup", at(1)), ("picked_up", at(5)), ("ready_for_pickup", at(6))], Pickup(at(1))),
        ([("ready_for_pickup", at(1)), ("picked_up", at(5)), (None, at(6))], NONE),
        ([("picked_up", at(5)), ("failure", at(6))], NONE),
        ([("ready_for_pickup", at(1)), ("delivered", at(5))], Pickup(at(1))),  # a counter of the carrier's
    ],
)
def test_the_first_telling_dates_it_and_the_last_one_counts(tellings, expected):
    assert heard(*tellings) == expected
    for order in permutations(tellings):
        assert heard(*order) == expected
        assert heard(*order, *order) == expected


def test_pressed_anew_it_counts_from_then():
    assert heard(("picked_up", at(5)), (None, at(6)), ("picked_up", at(9))) == Pickup(None, at(9))


def test_what_lies_at_the_counter_waits_until_it_is_fetched():
    assert not NONE.waits
    assert Pickup(at(1)).waits
    assert not Pickup(at(1), at(5)).waits
    assert Pickup(at(1), at(5)).words == (("ready_for_pickup", at(1)), ("picked_up", at(5)))


def test_a_carriers_counter_is_told_by_its_scans():
    assert at_counter("ready_for_pickup", tracked=True) is None
    assert at_counter("ready_for_pickup", tracked=False) == "ready_for_pickup"
    assert at_counter("picked_up", tracked=True) == "picked_up"  # for which the Admin API has no scan
