"""Reviews nobody decides about: told before, published by their day whatever their stars, and without the way out."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.reviews.change import is_whole
from app.reviews.desk.publish_due import publish_due
from app.reviews.models import RatingSummary, Review, ReviewChange
from app.reviews.states import ReviewState
from app.shops.models import Shop, ShopStatus
from tests.admin_people import stories
from tests.admin_people.stories import words
from tests.admin_reviews.test_reviews import LINK, arrived, state_of, tab

HELD = f"Handle came off. {LINK}"
BY_ITSELF = "Published by itself after 14 days, without the link in it"


def held(merchant, stars=2, body=HELD):
    order = arrived(merchant)
    return order, stories.reviews(merchant, order, stars, body)


def read(merchant, review_id):
    with merchant.work() as session:
        review = session.get_one(Review, (merchant.id, review_id))
        assert is_whole(session, review)
        return review


@pytest.mark.parametrize("stars", range(1, 6))
def test_on_day_14_it_is_published_whatever_its_stars(merchant, stars):
    _, review = held(merchant, stars)
    stories.starts(merchant)
    assert "What nobody decides about in 14 days is published by itself, without that" in words(merchant.open("/").text)
    merchant.pass_time(days=14, seconds=-1)
    assert publish_due(merchant.wired) == 0
    assert state_of(merchant, review)[0] is ReviewState.PENDING
    merchant.pass_time(seconds=1)
    assert publish_due(merchant.wired) == 1
    assert publish_due(merchant.wired) == 0
    shown = read(merchant, review)
    assert (shown.state, shown.body) == (ReviewState.PUBLISHED, "Handle came off. See my shop at […]")
    ((total, published),) = merchant.rows(select(RatingSummary.rating_sum, RatingSummary.published))
    assert (total, published) == (stars, 1)
    assert BY_ITSELF in tab(merchant, "published")


def test_what_was_typed_stays_in_its_history_and_who_decided(merchant):
    held(merchant)
    merchant.pass_time(days=14)
    publish_due(merchant.wired)
    rows = merchant.rows(select(ReviewChange.kind, ReviewChange.actor, ReviewChange.content).order_by(ReviewChange.n))
    assert [(kind, actor) for kind, actor, _ in rows] == [("submitted", "writer"), ("published", "by_itself")]
    assert LINK in rows[0].content["body"]
    assert LINK not in rows[1].content["body"]


def test_a_decision_before_that_day_holds(merchant):
    _, first = held(merchant)
    _, second = held(merchant)
    merchant.post(f"/reviews/{first}/hide", reason="spam")
    merchant.post(f"/reviews/{second}/publish")
    merchant.pass_time(days=20)
    assert publish_due(merchant.wired) == 0
    assert state_of(merchant, first)[0] is ReviewState.HIDDEN
    assert LINK in read(merchant, second).body
    assert BY_ITSELF not in tab(merchant, "published")


def test_writing_it_anew_does_not_put_its_day_off(merchant):
    order, review = held(merchant)
    day = read(merchant, review).decides_at
    merchant.pass_time(days=13)
    stories.reviews(merchant, order, 1, f"{HELD} Still.")
    assert read(merchant, review).decides_at == day


def test_what_was_held_before_there_were_days_is_told_first(merchant):
    _, review = held(merchant)
    with merchant.work() as session:
        session.execute(update(Review).values(decides_at=None))
    merchant.pass_time(days=60)
    assert publish_due(merchant.wired) == 0
    assert read(merchant, review).decides_at == merchant.now + timedelta(days=14)


def test_a_shop_that_is_gone_publishes_nothing(merchant):
    _, review = held(merchant)
    with merchant.work() as session:
        session.get_one(Shop, merchant.id).status = ShopStatus.UNINSTALLED
    merchant.pass_time(days=20)
    assert publish_due(merchant.wired) == 0
    assert state_of(merchant, review)[0] is ReviewState.PENDING
