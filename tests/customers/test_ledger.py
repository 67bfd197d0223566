"""What holds of all that was said about marketing consent, in whatever order and however often it is heard."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.customers.ledger import OWN, STRICTNESS, Statement, holds, strictness

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
MERGED = {7: NOON + timedelta(seconds=4), 8: NOON + timedelta(seconds=6)}  # when 7 and 8 were merged into this one


def said(state, second, source="shopify_customer", of=OWN, micro=0):
    return Statement(state, NOON + timedelta(seconds=second, microseconds=micro), source, of, MERGED.get(of))


STATEMENTS = st.lists(
    st.builds(
        said,
        st.sampled_from([*STRICTNESS, "a word of next year"]),
        st.integers(0, 9),
        st.sampled_from(["shopify_order", "shopify_customer", "our_link"]),
        st.sampled_from([OWN, OWN, 7, 8]),
        st.integers(0, 999_999),
    ),
    max_size=8,
)


@given(STATEMENTS, st.randoms(use_true_random=False))
def test_order_and_repetition_change_nothing(told, dice):
    again = told + [dice.choice(told) for _ in range(3) if told]
    dice.shuffle(again)
    assert holds(again) == holds(told)


@given(STATEMENTS)
def test_nobody_agrees_who_said_no_as_late_or_later(told):
    found = holds(told)
    if found is None or found.state != "subscribed":
        return
    own = [each for each in told if each.said_of == OWN]
    second = max((each.happened_at.replace(microsecond=0) for each in own), default=None)
    assert all(each.state == "subscribed" for each in own if each.happened_at.replace(microsecond=0) == second)
    spoken = max((each.happened_at for each in own), default=datetime.min.replace(tzinfo=UTC))
    for of, merged_at in MERGED.items():
        theirs = [each for each in told if each.said_of == of]
        if theirs and spoken <= merged_at:
            latest = max(each.happened_at.replace(microsecond=0) for each in theirs)
            assert all(e.state == "subscribed" for e in theirs if e.happened_at.replace(microsecond=0) == latest)


def test_the_latest_holds_and_of_one_second_the_stricter():
    assert holds([]) is None
    assert holds([said("subscribed", 1), said("unsubscribed", 0)]).state == "subscribed"
    assert holds([said("subscribed", 1, micro=999_999), said("unsubscribed", 1)]).state == "unsubscribed"
    assert holds([said("not_subscribed", 1), said("pending", 1)]).state == "not_subscribed"


def test_of_two_who_became_one_the_stricter_holds_until_they_speak_again():
    merged = [said("subscribed", 3), said("unsubscribed", 1, of=7)]
    assert holds(merged).state == "unsubscribed"
    assert holds([*merged, said("subscribed", 4)]).state == "unsubscribed"
    assert holds([*merged, said("subscribed", 5)]).state == "subscribed"
    assert holds([said("unsubscribed", 3), said("subscribed", 9, of=8)]).state == "unsubscribed"
    assert holds([said("subscribed", 1, of=7)]).state == "subscribed", "who never said anything objects to nothing"


def test_a_word_nobody_knows_is_no_agreement():
    assert strictness("a word of next year") < strictness("subscribed")
    assert all(strictness(one) < strictness(two) for one, two in itertools.pairwise(STRICTNESS))


@pytest.mark.parametrize("other", [word for word in STRICTNESS if word != "subscribed"])
def test_every_other_word_is_stricter_than_an_agreement(other):
    assert holds([said("subscribed", 1), said(other, 1)]).state == other
