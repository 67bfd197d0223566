"""Conditions: one table of comparisons, and what is not known never holds."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.flows.language.conditions.condition_words import condition_words, finding_words
from app.flows.language.conditions.facts import OPS, SORTS, Fact, Op, Sort
from app.flows.language.conditions.judge import Compare, Every, Not, Some, asked, judge
from app.flows.language.happenings import Event, Happening

KNOWN = {
    Fact.ORDER_TOTAL: Decimal("50.00"),
    Fact.ORDER_COUNTRY: "GB",
    Fact.ORDER_TAGS: frozenset({"VIP", "wholesale"}),
    Fact.ORDER_NUMBER: 2,
    Fact.NEEDS_SHIPPING: True,
    Fact.REVIEWED: False,
    Fact.PRODUCTS: frozenset(),
    Fact.SKUS: frozenset({"KK-MUG-O"}),
    Fact.DISCOUNT_CODES: frozenset(),
}


@pytest.mark.parametrize(
    ("fact", "op", "value", "holds"),
    [
        (Fact.ORDER_TOTAL, Op.AT_LEAST, 50, True),
        (Fact.ORDER_TOTAL, Op.AT_LEAST, 50.01, False),
        (Fact.ORDER_TOTAL, Op.AT_MOST, 50, True),
        (Fact.ORDER_TOTAL, Op.IS, 50.0, True),
        (Fact.ORDER_TOTAL, Op.IS_NOT, 50, False),
        (Fact.ORDER_COUNTRY, Op.IS, "gb", True),
        (Fact.ORDER_COUNTRY, Op.IS_NOT, "GB", False),
        (Fact.ORDER_COUNTRY, Op.ONE_OF, ("DE", "GB"), True),
        (Fact.ORDER_COUNTRY, Op.NONE_OF, ("DE", "AT"), True),
        (Fact.ORDER_TAGS, Op.ONE_OF, ("vip",), True),
        (Fact.ORDER_TAGS, Op.NONE_OF, ("vip", "gift"), False),
        (Fact.ORDER_TAGS, Op.NONE_OF, ("gift",), True),
        (Fact.PRODUCTS, Op.ONE_OF, ("1",), False),
        (Fact.PRODUCTS, Op.NONE_OF, ("1",), True),
        (Fact.SKUS, Op.ONE_OF, ("kk-mug-o", "KK-MUG-S"), True),
        (Fact.SKUS, Op.NONE_OF, ("KK-MUG-O",), False),
        (Fact.DISCOUNT_CODES, Op.ONE_OF, ("WELCOME",), False),
        (Fact.DISCOUNT_CODES, Op.NONE_OF, ("WELCOME",), True),
        (Fact.NEEDS_SHIPPING, Op.IS, True, True),
        (Fact.REVIEWED, Op.IS, True, False),
        (Fact.REVIEWED, Op.IS, False, True),
        (Fact.CARRIER, Op.IS_NOT, "UPS", False),  # nobody knows the carrier: it cannot be said not to be UPS
        (Fact.CUSTOMER_ORDERS, Op.AT_MOST, 5, False),
    ],
)
def test_each_comparison(fact, op, value, holds):
    told = judge(Compare(fact, op, value), KNOWN)
    assert told.holds is holds
    assert told.findings[0].found == KNOWN.get(fact)


YES, NO = Compare(Fact.REVIEWED, Op.IS, False), Compare(Fact.REVIEWED, Op.IS, True)
WHO_KNOWS = Compare(Fact.CARRIER, Op.IS, "UPS")


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        (Every((YES, YES)), True),
        (Every((YES, NO)), False),
        (Every((YES, WHO_KNOWS)), False),
        (Some((NO, YES)), True),
        (Some((NO, NO)), False),
        (Some((NO, WHO_KNOWS)), False),
        (Some((YES, WHO_KNOWS)), True),
        (Not(NO), True),
        (Not(YES), False),
        (Not(WHO_KNOWS), False),
        (Not(Every((NO, WHO_KNOWS))), True),  # whoever carries it, the other half is known not to hold
        (Not(Some((YES, WHO_KNOWS))), False),
        (Not(Not(YES)), True),
        (None, True),
    ],
)
def test_three_answers_and_only_what_is_known_holds(condition, holds):
    assert judge(condition, KNOWN).holds is holds


def test_every_comparison_is_kept_with_what_was_found():
    told = judge(Every((NO, WHO_KNOWS, Compare(Fact.ORDER_TOTAL, Op.AT_LEAST, 10))), KNOWN)
    assert [each.as_json() for each in told.findings] == [
        {"fact": "reviewed", "op": "is", "value": True, "found": False, "holds": False},
        {"fact": "carrier", "op": "is", "value": "UPS", "found": None, "holds": None},
        {"fact": "order_total", "op": "at_least", "value": 10, "found": "50.00", "holds": True},
    ]
    assert [finding_words(each) for each in told.decisive] == [
        "nothing of it was reviewed",
        "the carrier is not known",
    ]


def test_every_fact_has_a_kind_a_comparison_and_words():
    for fact in Fact:
        for op in OPS[SORTS[fact]]:
            value = {Sort.NUMBER: 3, Sort.FLAG: True}.get(SORTS[fact], ("x",) if op in {Op.ONE_OF, Op.NONE_OF} else "x")
            one = Compare(fact, op, value)
            assert condition_words(one)
            assert all(finding_words(each) for each in judge(one, {}).findings)


@pytest.mark.parametrize(
    ("condition", "against"),
    [
        (NO, [NO]),
        (Not(YES), [YES]),
        (Every((YES, Not(YES), Not(NO))), [YES]),
        (Not(Some((NO, WHO_KNOWS))), [WHO_KNOWS]),
        (Not(Not(NO)), [NO]),
        (Every((YES, WHO_KNOWS)), [WHO_KNOWS]),
    ],
)
def test_what_spoke_against_it_is_told_under_not_as_well(condition, against):
    told = judge(condition, KNOWN)
    assert not told.holds
    assert [Compare(each.fact, each.op, each.value) for each in told.decisive] == against


def test_words_keep_what_belongs_together():
    both = Every((Some((YES, WHO_KNOWS)), Compare(Fact.ORDER_COUNTRY, Op.ONE_OF, ("DE", "AT"))))
    assert condition_words(both) == (
        "(nothing of it was reviewed or the carrier is UPS) and the country it goes to is one of DE, AT"
    )
    assert asked(both) == {Fact.REVIEWED, Fact.CARRIER, Fact.ORDER_COUNTRY}


LEAVES = st.sampled_from([YES, NO, WHO_KNOWS])
TREES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, min_size=1, max_size=3).map(tuple).flatmap(lambda of: st.sampled_from([Every(of), Some(of)]))
        | inner.map(Not)
    ),
    max_leaves=12,
)


@given(TREES)
def test_a_condition_and_its_opposite_never_both_hold(condition):
    assert not (judge(condition, KNOWN).holds and judge(Not(condition), KNOWN).holds)
    known = KNOWN | {Fact.CARRIER: "UPS"}
    assert judge(condition, known).holds is not judge(Not(condition), known).holds  # where all is known, one does


def test_no_condition_asks_whether_a_mail_was_opened_or_clicked():
    words = {each.value for kind in (Fact, Event, Happening) for each in kind}
    assert not [word for word in words if "open" in word or "click" in word]
