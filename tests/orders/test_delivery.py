"""When a parcel arrived, by whom, and when that is taken back."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.orders.arrival.delivery import Confidence, Delivered, DeliverySource, Scan, assumed, delivered

MONDAY = datetime(2026, 11, 16, 10, tzinfo=UTC)
NOW = MONDAY + timedelta(days=10)
CARRIER, SHOPIFY, MERCHANT = DeliverySource.CARRIER_EVENT, DeliverySource.SHOPIFY, DeliverySource.MERCHANT


def at(hours):
    return MONDAY + timedelta(hours=hours)


@pytest.mark.parametrize(
    ("scans", "shopify", "merchant", "expected"),
    [
        ([], None, None, None),
        ([Scan("in_transit", at(0)), Scan("out_for_delivery", at(5))], None, None, None),
        ([Scan("ready_for_pickup", at(5))], None, None, None),  # waiting at the counter is not in hand
        ([Scan("delivered", at(6))], None, None, Delivered(at(6), CARRIER)),
        ([Scan("DELIVERED", at(6))], None, None, Delivered(at(6), CARRIER)),  # GraphQL's spelling
        ([Scan("picked_up", at(6))], None, None, Delivered(at(6), CARRIER)),
        ([], at(7), None, Delivered(at(7), SHOPIFY)),
        ([], None, at(8), Delivered(at(8), MERCHANT)),
        ([], at(7), at(8), Delivered(at(7), SHOPIFY)),
        ([Scan("delivered", at(6))], at(7), at(8), Delivered(at(6), CARRIER)),  # the better source, not the later date
        ([Scan("delivered", at(6)), Scan("delivered", at(30))], None, None, Delivered(at(30), CARRIER)),
        ([Scan("delivered", at(6), deleted=True)], None, None, None),  # fulfillment_events/delete
        ([Scan("delivered", at(6), deleted=True)], at(7), None, Delivered(at(7), SHOPIFY)),
        ([Scan("delivered", at(6)), Scan("failure", at(9))], None, None, None),  # the neighbour brought it back
        ([Scan("delivered", at(6)), Scan("failure", at(9))], at(6), None, None),  # Shopify repeats the same old scan
        ([Scan("delivered", at(6)), Scan("failure", at(9))], at(12), None, Delivered(at(12), SHOPIFY)),
        ([Scan("delivered", at(6)), Scan("attempted_delivery", at(9))], None, None, None),
        ([Scan("attempted_delivery", at(2)), Scan("delivered", at(6))], None, None, Delivered(at(6), CARRIER)),
        ([Scan("delivered", at(6)), Scan("failure", at(9), deleted=True)], None, None, Delivered(at(6), CARRIER)),
        ([Scan("delivered", at(6)), Scan("in_transit", at(9))], None, None, Delivered(at(6), CARRIER)),  # a late scan
        ([Scan("delivered", NOW + timedelta(hours=14))], None, None, Delivered(NOW + timedelta(hours=14), CARRIER)),
        ([Scan("delivered", NOW + timedelta(days=400))], None, None, None),  # a broken clock
    ],
)
def test_the_best_standing_report_wins(scans, shopify, merchant, expected):
    for order in permutations(scans):
        found = delivered(order, now=NOW, shopify_delivered_at=shopify, merchant_delivered_at=merchant)
        assert found == expected


def test_a_digital_item_is_there_once_fulfilled():
    assert delivered([], now=NOW, digital_since=MONDAY) == Delivered(MONDAY, DeliverySource.DIGITAL)


def test_the_fallback_is_never_told_as_an_arrival():
    assert assumed(MONDAY, timedelta(days=21), MONDAY + timedelta(days=20)) is None
    guess = assumed(MONDAY, timedelta(days=21), MONDAY + timedelta(days=21))
    assert guess == Delivered(MONDAY + timedelta(days=21), DeliverySource.FALLBACK)
    assert guess.confidence is Confidence.ASSUMED
    assert not guess.is_known


SCANS = st.lists(
    st.builds(
        Scan,
        st.sampled_from(["in_transit", "delivered", "failure", "attempted_delivery", "picked_up", "out_for_delivery"]),
        st.integers(0, 240).map(at),
        st.booleans(),
    ),
    max_size=8,
)


@given(SCANS, st.randoms(use_true_random=False))
def test_order_and_repetition_of_scans_change_nothing(scans, random):
    shuffled = scans * 2
    random.shuffle(shuffled)
    assert delivered(shuffled, now=NOW) == delivered(scans, now=NOW)


@given(SCANS)
def test_an_arrival_is_always_a_live_scan_with_no_later_failure(scans):
    found = delivered(scans, now=NOW)
    if found is not None:
        arrivals = [s.happened_at for s in scans if not s.deleted and s.status in {"delivered", "picked_up"}]
        assert found.at in arrivals
        assert not any(
            s.happened_at > found.at and not s.deleted and s.status in {"failure", "attempted_delivery"} for s in scans
        )
