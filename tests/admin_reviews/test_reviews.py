"""The merchant's reviews: tabs with counts, cards that say enough to decide, and two decisions."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.reviews.change import is_whole
from app.reviews.models import Review
from app.reviews.states import HiddenReason, ReviewState
from app.shopify.models import OutgoingCall
from tests.admin_people import stories
from tests.admin_people.stories import words

LINK = "See my shop at https://spam.example.com/x"


def tab(merchant, state=None, **query):
    asked = query | ({"state": state} if state else {})
    answer = merchant.client.get("/reviews", query_string=asked, headers=merchant.headers())
    assert answer.status_code == 200
    return words(answer.text)


def arrived(merchant, first="Ana"):
    return merchant.order(first, placed=12, sent=10, arrived=8)


def state_of(merchant, review_id):
    with merchant.work() as session:
        review = session.get_one(Review, (merchant.id, review_id))
        assert is_whole(session, review)
        return review.state, review.hidden_reason


def test_the_head_says_what_the_storefront_says(merchant):
    for body in ("Pours well.", "Leaks a bit.", LINK):
        stories.reviews(merchant, arrived(merchant), 4, body)
    hidden = stories.reviews(merchant, arrived(merchant), 1, "Bad.")
    merchant.post(f"/reviews/{hidden}/hide", reason="abuse", state="published")
    told = tab(merchant)
    assert "Received 4 · published 2 · hidden 1" in told
    assert "To decide (1)" in told
    assert "Published (2)" in told
    assert "Hidden (1)" in told


def test_a_card_says_enough_to_decide(merchant):
    stories.reviews(merchant, arrived(merchant), 2, f"Handle came off. {LINK}", name="Ana F.")
    told = tab(merchant)
    for part in (
        "★★☆☆☆ Harbour Kettle",
        "Verified: order #1401, arrived Thursday 12 November",
        "Received Friday 20 November",
        "Handle came off.",
        "Ana F.",
        "Waits for you because there is a link in it.",
        "Unless you decide before, it is published by itself on Friday 4 December, without that.",
    ):
        assert part in told, part


def test_one_that_publishes_by_itself_says_when(merchant):
    review = stories.reviews(merchant, arrived(merchant), 2, LINK)
    with merchant.work() as session:
        session.get_one(Review, (merchant.id, review)).decides_at = merchant.now + timedelta(days=3)
    assert "it is published by itself on Monday 23 November, without that." in tab(merchant)


def test_publishing_shows_it_and_asks_the_storefront_to_follow(merchant):
    review = stories.reviews(merchant, arrived(merchant), 5, LINK)
    with merchant.work() as session:
        before = session.scalars(select(OutgoingCall).where(OutgoingCall.kind == "review_summary")).one().revision
    answer = merchant.post(f"/reviews/{review}/publish", state="pending")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/reviews?state=pending&done=published")
    assert state_of(merchant, review) == (ReviewState.PUBLISHED, None)
    with merchant.work() as session:
        call = session.scalars(select(OutgoingCall).where(OutgoingCall.kind == "review_summary")).one()
        assert call.revision == before + 1
    assert "All decided." in tab(merchant, done="published")
    merchant.post(f"/reviews/{review}/publish", state="pending")
    assert state_of(merchant, review) == (ReviewState.PUBLISHED, None)


@pytest.mark.parametrize("reason", list(HiddenReason))
def test_every_reason_of_the_list_hides(merchant, reason):
    review = stories.reviews(merchant, arrived(merchant), 1, "Bad.")
    assert merchant.post(f"/reviews/{review}/hide", reason=reason.value, state="published").status_code == 303
    assert state_of(merchant, review) == (ReviewState.HIDDEN, reason)
    assert re.search(r"Hidden: \w", tab(merchant, "hidden"))


@pytest.mark.parametrize("reason", ["", "low_rating", "bad", "SPAM", "spam ", "pending"])
def test_a_low_rating_is_no_reason_and_the_page_says_why(merchant, reason):
    review = stories.reviews(merchant, arrived(merchant), 1, "Bad.")
    answer = merchant.post(f"/reviews/{review}/hide", reason=reason, state="published")
    assert answer.status_code == 422
    assert "A low rating is not on the list." in answer.text
    plain = merchant.headers() | {"Accept": "application/json"}
    plain.pop("HX-Request")
    told = merchant.client.post(f"/reviews/{review}/hide", data={"reason": reason}, headers=plain)
    assert (told.status_code, told.json["error"]["field"]) == (422, "reason")
    assert state_of(merchant, review) == (ReviewState.PUBLISHED, None)


def test_the_list_of_reasons_has_no_word_of_stars(merchant):
    stories.reviews(merchant, arrived(merchant), 1, "Bad.")
    page = merchant.fetch("/reviews?state=published").text
    offered = re.findall(r'<s-choice value="([^"]*)">([^<]*)<', page)
    assert {value for value, _ in offered} == set(HiddenReason)
    assert not [label for _, label in offered if re.search(r"star|rating|negative|bad", label, re.IGNORECASE)]


def test_none_yet_says_when_the_first_ask_goes_out(merchant):
    assert "No reviews yet. No request is planned: no flow is running." in tab(merchant)
    stories.starts(merchant)
    assert "planned once a parcel is sent" in tab(merchant)
    merchant.order("Ana", placed=5, sent=4, arrived=2)
    assert re.search(
        r"No reviews yet\. The first request goes out on Wednesday 25 November at 12:\d\d\.", tab(merchant)
    )
    assert "No reviews yet." in tab(merchant, "hidden")


def test_many_come_page_by_page(merchant):
    for n in range(23):
        order = arrived(merchant, f"P{n}")
        stories.reviews(merchant, order, 5, f"Number {n:02}!", name=f"P{n}")
        merchant.pass_time(minutes=1)
    first, second = tab(merchant, "published"), tab(merchant, "published", page=2)
    assert "Number 22!" in first
    assert "Number 03!" in first
    assert "Number 02!" not in first
    assert "Number 00!" in second
    assert "Next" in first
    assert "Next" not in second


def test_what_people_wrote_stays_text(merchant):
    order = arrived(merchant)
    stories.reviews(merchant, order, 3, '<script>alert(1)</script> "{{7*7}}"', name="<b>x</b>")
    page = merchant.fetch("/reviews?state=published").text
    assert "<script>alert" not in page
    assert "<b>x</b>" not in page
    assert "{{7*7}}" in page


@pytest.mark.parametrize(("query", "field"), [("state=x", "state"), ("page=0", "page"), ("page=²", "page")])
def test_what_cannot_be_asked_is_refused_by_name(merchant, query, field):
    answer = merchant.client.get(f"/reviews?{query}", headers=merchant.headers() | {"Accept": "application/json"})
    assert (answer.status_code, answer.json["error"]["field"]) == (422, field)


def test_another_shops_reviews_are_not_here(merchant, neighbour):
    theirs = stories.reviews(neighbour, arrived(neighbour, "Canary"), 3, f"Canary words {LINK}", name="Canary")
    for state in ReviewState:
        assert "Canary" not in tab(merchant, state.value)
    for act, form in (("publish", {}), ("hide", {"reason": "spam"}), ("hide", {"reason": "x"})):
        answer = merchant.post(f"/reviews/{theirs}/{act}", **form)
        assert answer.status_code == 404
        assert "Canary" not in answer.text
    assert state_of(neighbour, theirs) == (ReviewState.PENDING, None)
