"""An order nobody took notes of is told by its dates: what has not happened yet by one of them is not there."""

from datetime import UTC, datetime

from app.flows.replay.history.unroll import unrolled

STANDS = {
    "order": {
        "placed_at": "2026-09-01T10:00:00+00:00",
        "paid_at": "2026-09-01T10:05:00+00:00",
        "financial_status": "partially_refunded",
    },
    "line.1": {"quantity": 3, "current_quantity": 2},
    "parcel.2": {
        "shipped_at": "2026-09-02T08:00:00+00:00",
        "shipment_status": "delivered",
        "delivered_at": "2026-09-05T12:00:00+00:00",
        "delivered_source": "carrier_event",
        "lines": {"1": 3},
        "scans": [["in_transit", "2026-09-03T00:00:00+00:00"], ["delivered", "2026-09-05T12:00:00+00:00"]],
    },
    "refund.3": {"happened_at": "2026-09-09T09:00:00+00:00", "lines": {"1": 1}},
    "return.4": {
        "status": "closed",
        "opened_at": "2026-09-07T09:00:00+00:00",
        "closed_at": "2026-09-09T09:00:00+00:00",
        "lines": {"1": 1},
    },
}


def at(*day):
    """What was known by a day of September."""
    then = {}
    for instant, changed in unrolled(STANDS):
        then |= changed if instant <= datetime(2026, 9, *day, tzinfo=UTC) else {}
    return then


def test_it_ends_as_it_stands():
    assert at(30) == STANDS


def test_what_comes_later_is_not_there_yet():
    assert set(at(1, 10, 1)) == {"order", "line.1"}
    assert at(1, 10, 1)["order"]["financial_status"] == "pending"
    assert at(4)["order"]["financial_status"] == "paid"
    assert at(4)["line.1"]["current_quantity"] == 3
    assert at(4)["parcel.2"]["shipment_status"] == "in_transit"
    assert not {"delivered_at", "delivered_source"} & set(at(4)["parcel.2"])
    assert at(8)["return.4"]["status"] == "open"
    assert "refund.3" not in at(8)


def test_what_the_counter_said_is_a_word_like_a_carriers():
    parcel = {
        "shipped_at": "2026-09-02T08:00:00+00:00", "shipment_status": "picked_up", "lines": {"1": 3},
        "ready_for_pickup_at": "2026-09-03T09:00:00+00:00", "picked_up_at": "2026-09-04T17:00:00+00:00",
        "delivered_at": "2026-09-04T17:00:00+00:00", "delivered_source": "merchant",
    }  # fmt: skip
    then = {}
    for instant, changed in unrolled({"order": STANDS["order"], "parcel.2": parcel}):
        then[instant.day] = changed.get("parcel.2")
    assert then[2] == {"shipped_at": parcel["shipped_at"], "shipment_status": None, "lines": {"1": 3}, "scans": []}
    ready = {"shipment_status": "ready_for_pickup", "ready_for_pickup_at": parcel["ready_for_pickup_at"]}
    assert then[3] == then[2] | ready
    assert then[4] == parcel | {"scans": []}
