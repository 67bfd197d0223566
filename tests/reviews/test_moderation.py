"""What is shown at once and what a person reads first. How many stars were given is never looked at."""

import inspect

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app.reviews.models import Review, ReviewChange
from app.reviews.moderation import Words, judge, without_ways_out
from app.reviews.page.forms import ReviewDraft, parse_reviews, plain
from app.reviews.states import HeldFor, HiddenReason, ReviewState

LINKS = (
    "Cheaper at https://kettles.example.com/x",
    "HTTP://KETTLES.EXAMPLE",
    "see hxxps://kettles.example",
    "www.kettles.example",
    "www . kettles . com",
    "kettles-online.com",
    "KETTLES.COM",
    "go to kettles.ru now",
    "bit.ly/abc",
    "kettles.shop",
    "kettles.top",
    "kettles.unheardof/buy",
    "ｋｅｔｔｌｅｓ.ｃｏｍ",
    "kettles。com",
    "ket\u200btles.c\u200bom",
    "чайники.рф",
)
CONTACTS = ("Write to ana@example.org", "ana.b+c@mail.example.co.uk", "Call +44 20 7946 0958", "0171/123 45 67 89")
CLEAN = (
    "",
    "Pours well.",
    "Leaks. I want my money back!",
    "Terrible, worst kettle ever. Do not buy.",
    "Bought on 12.11.2026, arrived 2026-11-14.",
    "1.2 litres, 1450 g, 64.00 pounds",
    "Sehr gut.Top Qualität!",
    "Great kettle.Live with it every day.",
    "Das Wasser kocht in 3 Min. Die Tülle gießt genau.",
    "とても良いです。また買います。",
    "👍🏽👨‍👩‍👧 ❤️",
    "5/5, e.g. for tea; i.e. perfect",
    "9.5/10",
)


@pytest.mark.parametrize("body", LINKS)
def test_a_link_waits_for_a_person_and_never_publishes_by_itself(body):
    verdict = judge(body, "Ana")
    assert (verdict.state, verdict.held_for) == (ReviewState.PENDING, HeldFor.LINK)
    assert judge("Good.", body).state is ReviewState.PENDING


@pytest.mark.parametrize("body", CONTACTS)
def test_a_way_to_reach_somebody_waits_for_a_person(body):
    verdict = judge(body, "Ana")
    assert (verdict.state, verdict.held_for) == (ReviewState.PENDING, HeldFor.CONTACT)


@pytest.mark.parametrize("body", CLEAN)
def test_everything_else_is_shown_whatever_it_says(body):
    assert judge(body, "Ana").state is ReviewState.PUBLISHED


def test_stars_are_not_even_told_to_who_decides():
    assert set(inspect.signature(judge).parameters) == {"body", "name"}


def test_a_low_rating_is_no_reason_to_hide():
    words = " ".join(HiddenReason)
    assert not any(word in words for word in ("rating", "negative", "star", "low", "bad"))


@pytest.mark.parametrize("body", ["Good.", "see www.kettles.example"])
def test_one_to_five_stars_take_the_same_path(web, people, body):
    paths = set()
    for stars in range(1, 6):
        mailed = people.mail()
        web.post(mailed.review, data=mailed.rated(stars, body))
        with people.work() as session:
            one = session.scalars(select(Review).where(Review.order_id == mailed.order_id)).one()
            changes = session.scalars(select(ReviewChange.kind).where(ReviewChange.review_id == one.id)).all()
            paths.add((one.state, one.held_for, one.decides_at is None, one.published_at is None, tuple(changes)))
            assert one.rating == stars
    assert len(paths) == 1


TYPED = st.lists(
    st.sampled_from([*LINKS, *CONTACTS, *CLEAN, "https", ":", "//", "www", ".", "com", "\n", " "]) | st.text(max_size=9)
).map(" ".join)


@given(TYPED, TYPED)
def test_whatever_was_typed_what_is_shown_when_nobody_decides_is_free_of_ways_out(body, name):
    words = without_ways_out(body, name)
    assert judge(words.body, words.name).state is ReviewState.PUBLISHED


@pytest.mark.parametrize("body", [each for each in CLEAN if each == each.strip()])
def test_what_holds_nothing_stays_as_it_was_typed(body):
    assert without_ways_out(body, "Ana") == Words("\n".join(body.splitlines()), "Ana")


def test_no_more_is_left_out_than_the_way_out():
    body = "Handle came off.\nPhotos at https://pics.example.com/x and it leaks.\nAsk ana@example.org"
    assert without_ways_out(body, "kettles.com").body.split("\n") == [
        "Handle came off.",
        "Photos at […] and it leaks.",
        "Ask […]",
    ]
    assert without_ways_out(body, "kettles.com").name == ""


@given(st.integers(1, 40).map(lambda n: ("a" * n + ".") * 120), st.sampled_from("@/. -+1"))
def test_judging_is_quick_for_words_made_to_be_slow(words, sign):
    judge((words + sign)[:5000] * 2, sign * 60)


@given(st.dictionaries(st.sampled_from(["rating-1", "body-1", "rating-2", "body-2", "name"]), st.text()))
def test_any_form_is_read_or_refused_by_field(form):
    read = parse_reviews(form, [1, 2])
    if isinstance(read, tuple):
        assert read
        assert all(isinstance(one, ReviewDraft) and one.rating in range(1, 6) for one in read)
        assert all(len(one.body) <= 5000 for one in read)
    else:
        assert set(read.by_field) <= {"rating-1", "body-1", "rating-2", "body-2", "name"}
        assert read.by_field


@given(st.text())
def test_kept_text_can_be_stored_and_is_kept_the_same_the_second_time(text):
    kept = plain(text)
    kept.encode()
    assert "\x00" not in kept
    assert plain(kept) == kept


def test_words_survive_as_they_were_typed():
    typed = "  Größe: 1½\r\n\r\nنعم 👨‍👩‍👧 \t<b> "
    assert plain(typed) == "Größe: 1½\n\nنعم 👨‍👩‍👧 \t<b>"
