"""What an hour usually holds, and when the plans of all shops together are a fault rather than a feast."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.flows.rules.unusual import DAYS, LEAST_OF_ALL, TIMES, Beyond, beyond_of_all, usual

WEEK = st.lists(st.integers(0, 5_000), min_size=DAYS, max_size=DAYS)


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ([30] * 7, 30),
        ([20, 30, 40, 20, 30, 40, 30], 40),
        ([0, 0, 30, 30, 30, 30, 90], 90),  # a Monday of a shop that rests on Saturday and Sunday
        ([0, 0, 0, 0, 35, 35, 35], 75),  # the first day after a long weekend rightly holds five days
        ([0, 0, 0, 0, 0, 0, 70], 70),  # once a week
        ([0] * 7, 0),
    ],
)
def test_what_closed_days_kept_back_is_usual(before, expected):
    assert usual(before) == expected


@given(st.integers(1, 5_000), st.integers(0, 4))
def test_up_to_four_closed_days_never_make_a_fault_of_what_they_kept_back(daily, closed):
    before = [0] * closed + [daily] * (DAYS - closed)
    assert daily * (closed + 1) <= usual(before) * TIMES


@given(WEEK)
def test_ten_times_the_fullest_hour_is_always_beyond_where_no_day_was_closed(before):
    open_days = [max(count, 1) for count in before]
    assert max(open_days) * 2 * TIMES > usual(open_days) * TIMES


SMALL = dict.fromkeys(range(50), 8)


def test_every_shop_ten_times_as_full_is_a_fault_though_no_single_one_is_flooded():
    assert beyond_of_all(dict.fromkeys(SMALL, 80), [SMALL] * DAYS) == Beyond(49 * 80, 49 * 8)


def test_one_shops_feast_holds_nobody():
    assert beyond_of_all(SMALL | {7: 90_000}, [SMALL] * DAYS) is None


def test_a_few_shops_more_than_usual_are_no_fault():
    assert beyond_of_all(dict.fromkeys(SMALL, 40), [SMALL] * DAYS) is None


@pytest.mark.parametrize(("most", "found"), [(LEAST_OF_ALL - 1, None), (LEAST_OF_ALL, Beyond(LEAST_OF_ALL, 0))])
def test_few_messages_are_never_a_fault(most, found):
    assert beyond_of_all({1: most, 2: most}, [{}] * DAYS) == found


def test_nothing_planned_is_nothing():
    assert beyond_of_all({}, [{}] * DAYS) is None
