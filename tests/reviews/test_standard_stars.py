"""The shared stars: written where the merchant allows it and the values are ours, left alone everywhere else."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.reviews.storefront.ratings import Summary, summarise
from app.reviews.storefront.standard_values import COUNT, RATING, There, is_foreign, wanted_values
from app.reviews.storefront.summary_fields import rating_value
from app.shopify.asking import outgoing
from app.shopify.models import CallState
from tests.reviews.store import PRODUCT, allow_stars, calls, retry, say

CALL = f"standard_stars:{PRODUCT}"
DONE = (CallState.DONE, None)
OTHERS = '{"value": "2.1", "scale_min": "1.0", "scale_max": "5.0"}'


@pytest.fixture
def allowed(people, store):
    store.grant()
    allow_stars(people)


def stars(store):
    found = store.stars()
    return (json.loads(found["rating"])["value"], found["rating_count"]) if found else None


def test_nothing_is_written_unless_the_merchant_allows_it(web, wired, people, store):
    store.grant()
    say(web, people, 5)
    outgoing.run_due(wired)
    assert CALL not in calls(people)
    assert store.stars() == {}


def test_nothing_is_written_without_the_scope_and_the_reason_is_kept(web, wired, people, store):
    allow_stars(people, scopes="read_products")
    say(web, people, 5)
    outgoing.run_due(wired)
    assert calls(people)[CALL] == (CallState.FAILED, "NotNow: The scope write_products is not granted.")
    assert calls(people)[f"review_summary:{PRODUCT}"] == DONE
    assert store.stars() == {}


@pytest.mark.usefixtures("allowed")
def test_the_stars_follow_the_reviews(web, wired, people, store):
    for given_stars, expected in ((5, ("5.0", "1")), (4, ("4.5", "2")), (1, ("3.3", "3"))):
        say(web, people, given_stars)
        outgoing.run_due(wired)
        assert stars(store) == expected
    assert calls(people)[CALL] == DONE
    assert store.defined() == {"rating", "rating_count"}
    assert store.times("standardMetafieldDefinitionEnable") == 2  # both, once


@pytest.mark.usefixtures("allowed")
def test_another_apps_values_are_left_alone_and_the_reason_is_kept(web, wired, people, store):
    say(web, people, 5)
    outgoing.run_due(wired)
    store.another_app_writes("rating", OTHERS)
    say(web, people, 1)
    outgoing.run_due(wired)
    assert stars(store) == ("2.1", "1")
    state, reason = calls(people)[CALL]
    assert state is CallState.FAILED
    assert "Another app writes the stars" in reason
    assert calls(people)[f"review_summary:{PRODUCT}"] == DONE


@pytest.mark.usefixtures("allowed")
@pytest.mark.parametrize("more", [False, True])
def test_a_lost_reply_is_known_as_ours(web, wired, people, store, more):
    say(web, people, 5)
    store.lose("metafieldsSet")
    outgoing.run_due(wired)
    assert calls(people)[CALL] == (CallState.PENDING, "Unreachable")
    if more:
        say(web, people, 2)
    retry(wired, people)
    assert stars(store) == (("3.5", "2") if more else ("5.0", "1"))
    assert calls(people)[CALL] == DONE


@pytest.mark.usefixtures("allowed")
def test_values_that_change_while_we_look_are_not_overwritten(web, wired, people, store):
    say(web, people, 5)
    outgoing.run_due(wired)
    say(web, people, 1)
    store.before = {"metafieldsSet": lambda: store.another_app_writes("rating", OTHERS)}
    outgoing.run_due(wired)
    assert stars(store)[0] == "2.1"


@pytest.mark.usefixtures("allowed")
def test_a_product_that_is_gone_is_no_fault(web, wired, people, store):
    mailed = people.mail(products=[999_001])
    web.post(mailed.review, data=mailed.rated(5))
    outgoing.run_due(wired)
    assert calls(people)["standard_stars:999001"] == DONE


ratings = st.decimals(1, 5, places=1).map(rating_value)
ours = st.fixed_dictionaries({RATING: ratings, COUNT: st.integers(1, 99).map(str)})


@given(st.lists(ours, min_size=1), st.data())
def test_what_we_tried_is_ours_however_shopify_writes_it(tried, data):
    one = data.draw(st.sampled_from(tried))
    spelled = json.dumps(dict(reversed(json.loads(one[RATING]).items())), indent=1)
    there = {RATING: There(spelled, "d"), COUNT: There(one[COUNT], "d")}
    assert not is_foreign(there, tried)
    assert is_foreign(there | {COUNT: There("100", "d")}, tried)
    assert is_foreign(there | {RATING: There(OTHERS.replace("2.1", "1.05"), "d")}, tried)


@given(st.text())
def test_what_stands_there_is_foreign_when_we_never_wrote(value):
    assert is_foreign({RATING: There(value, "d"), COUNT: There()}, [])


def test_where_nothing_stands_nothing_is_foreign():
    assert not is_foreign({RATING: There(), COUNT: There()}, [])


def test_nothing_is_written_where_nobody_has_rated():
    nothing = {RATING: There(), COUNT: There()}
    assert wanted_values(summarise([(5, "hidden")]), nothing) == {}
    assert wanted_values(summarise([(5, "hidden")]), {COUNT: There("1", "d"), RATING: There(OTHERS, "d")}) == {
        COUNT: "0"
    }
    assert set(wanted_values(Summary(1, 1, 0, 5, {}), nothing)) == {RATING, COUNT}
