"""What the checker holds mails against, where the app may know more than its webhooks told."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from tests.checker.history import Answer, Order, tell
from tests.checker.oracle import agreement_held, return_is_open

NOON = datetime(2026, 10, 21, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def bought(*moves, country="GB"):
    """Return an order with one return of its line 7."""
    order = Order(
        id=1,
        shop="aa-shop",
        email="ana@example.com",
        person=1,
        country=country,
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


AGREED, LATER = Answer(NOON - 300 * HOUR, "subscribed", NOON - 300 * HOUR), NOON - 200 * HOUR


@pytest.mark.parametrize(
    ("answers", "held"),
    [
        ([AGREED], True),
        ([AGREED, Answer(LATER, "unsubscribed", LATER)], False),
        ([AGREED, Answer(NOON - HOUR, "unsubscribed", NOON - HOUR)], True),  # too fresh to have been heard for sure
        # Somebody else's refusal, until the two turn out to be one: from then on it is theirs.
        ([AGREED, Answer(LATER, "unsubscribed", NOON + HOUR)], True),
        ([AGREED, Answer(LATER, "unsubscribed", NOON - 180 * HOUR)], False),
        ([Answer(LATER, "subscribed", NOON + HOUR)], False),
    ],
)
def test_an_agreement_holds_until_a_later_answer_of_the_same_person(answers, held):
    order = bought(country="DE")
    order.consents = answers
    assert agreement_held(order, NOON) is held
    order.country = "GB"
    assert agreement_held(order, NOON) is True


def placed(number, person, state, hook):
    """Return the truth of an order in Germany."""
    return {
        "at": NOON - (300 - number) * HOUR, "kind": "placed", "shop": "aa-shop", "order": number, "hooks": [hook],
        "email": f"{person}@example.com", "person": person, "country": "DE", "paid": True, "test": False,
        "lines": {7: "Cup"}, "digital": [], "products": {}, "consent": state,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("told", "held"),
    [({"first"}, True), ({"first", "second"}, False), ({"first", "merge"}, False)],
    ids=["of neither", "of the other one", "of the merge"],
)
def test_what_somebody_refused_who_turned_out_to_be_them_counts_where_the_app_was_told(told, held):
    merge = {"at": NOON - 240 * HOUR, "kind": "merged", "shop": "aa-shop", "order": None, "hooks": ["merge"]}
    truth = [
        placed(1, 31, "subscribed", "first"),
        placed(2, 32, "not_subscribed", "second"),
        merge | {"person": 32, "into": 31},
    ]
    seen = SimpleNamespace(
        truth=truth,
        shops={"aa-shop": ("Cups", "Europe/Berlin")},
        acks=dict.fromkeys(told, ("aa-shop", "", NOON - 239 * HOUR)),
        pauses=(),
        edits=(),
        presses=(),
    )
    orders = tell(seen).orders.values()
    assert [agreement_held(order, NOON) for order in orders] == [held, held]
