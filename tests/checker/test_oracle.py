"""What the checker holds mails against, where the app may know more than its webhooks told."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.checker.history import Order
from tests.checker.oracle import return_is_open

NOON = datetime(2026, 10, 21, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def bought(*moves):
    """Return an order with one return of its line 7."""
    order = Order(
        id=1,
        shop="aa-shop",
        email="ana@example.com",
        person=1,
        country="GB",
        placed_at=NOON - 200 * HOUR,
        known_at=NOON - 200 * HOUR,
        paid_at=NOON - 200 * HOUR,
        is_test=False,
        lines={7: "Cup", 8: "Plate"},
        digital=frozenset(),
        products={},
        consents=[],
    )
    order.returns[5], order.lines_back[5] = list(moves), frozenset({7})
    return order


@pytest.mark.parametrize(
    ("moves", "is_open"),
    [
        ([(NOON - 40 * HOUR, "requested", NOON - 30 * HOUR)], True),
        ([(NOON - 40 * HOUR, "requested", NOON - 3 * HOUR)], False),  # told of too short a time ago
        ([(NOON - 40 * HOUR, "requested", None)], False),  # never told of
        ([(NOON + HOUR, "requested", NOON + HOUR)], False),  # not yet
        ([(NOON - 60 * HOUR, "requested", NOON - 60 * HOUR), (NOON - 50 * HOUR, "open", NOON - 40 * HOUR)], True),
        # Declined two days ago: its webhook has yet to come, and whoever reads the shop knows.
        ([(NOON - 90 * HOUR, "requested", NOON - 80 * HOUR), (NOON - 48 * HOUR, "declined", NOON + 9 * HOUR)], False),
    ],
)
def test_a_return_is_open_where_the_app_has_to_know_it(moves, is_open):
    order = bought(*moves)
    assert return_is_open(order, 7, NOON) is is_open
    assert return_is_open(order, 8, NOON) is False
