"""Where one thing of an order is, by what has happened to it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.orders.arrival.stage import At, Stage, Whereabouts, stage

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("known", "found"),
    [
        (Whereabouts(), At(Stage.PLACED)),
        (Whereabouts(shipped_at=NOW + HOUR), At(Stage.PLACED)),  # pre-dated by the source: not yet
        (Whereabouts(shipped_at=NOW - DAY), At(Stage.SENT, NOW - DAY)),
        (Whereabouts(NOW - DAY, scanned_at=NOW - HOUR), At(Stage.ON_ITS_WAY, NOW - HOUR)),
        (Whereabouts(NOW - DAY, inferred_at=NOW + HOUR), At(Stage.SENT, NOW - DAY)),
        (Whereabouts(NOW - DAY, NOW - HOUR, delivered_at=NOW - HOUR), At(Stage.ARRIVED, NOW - HOUR)),
        (Whereabouts(NOW - DAY, inferred_at=NOW - HOUR), At(Stage.ARRIVED, NOW - HOUR, reported=False)),
        (Whereabouts(NOW - 9 * DAY, delivered_at=NOW - 3 * DAY), At(Stage.IN_USE, NOW - DAY)),
        (Whereabouts(delivered_at=NOW - DAY, inferred_at=NOW - 5 * DAY), At(Stage.ARRIVED, NOW - DAY)),
        (
            Whereabouts(delivered_at=NOW - 9 * DAY, due_again_at=NOW - DAY),
            At(Stage.DUE_AGAIN, NOW - DAY),
        ),
        (Whereabouts(delivered_at=NOW - 9 * DAY, due_again_at=NOW + DAY), At(Stage.IN_USE, NOW - 7 * DAY)),
        (Whereabouts(due_again_at=NOW - DAY), At(Stage.PLACED)),  # nothing is due again that was never there
    ],
)
def test_each_stage_has_its_grounds(known, found):
    assert stage(known, NOW) == found


INSTANT = st.none() | st.integers(-20, 20).map(lambda days: NOW + days * DAY)


@given(INSTANT, INSTANT, INSTANT, INSTANT, INSTANT, st.integers(0, 60))
def test_time_alone_never_takes_a_thing_back(shipped, scanned, delivered, inferred, due, later):
    known = Whereabouts(shipped, scanned, delivered, inferred, due)
    order = list(Stage)
    assert order.index(stage(known, NOW + later * DAY).stage) >= order.index(stage(known, NOW).stage)
