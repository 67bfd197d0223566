"""The review page over HTTP: what a shopper sees, sends and finds again."""

import html
import re

import pytest
from sqlalchemy import select

from app.reviews import change
from app.reviews.models import RatingSummary, Review, ReviewChange
from app.reviews.states import ReviewState
from tests.as_written import rewrite


def text(answer):
    return html.unescape(answer.get_data(as_text=True))


def checked(answer):
    return re.findall(r'id="rating-(\d+)-(\d)"[^>]* checked', answer.get_data(as_text=True))


def test_a_review_is_written_shown_and_found_again(web, people):
    mailed = people.mail()
    page = web.get(mailed.review)
    assert page.status_code == 200
    assert "Harbour kettle" in text(page)
    assert 'value="Ana"' in text(page)
    sent = web.post(mailed.review, data=mailed.rated(4, "Pours well.", name="Ana"))
    assert sent.status_code == 303
    assert sent.headers["Location"] == f"{mailed.review}?done=1"
    thanks = web.get(sent.headers["Location"])
    assert "Thank you" in text(thanks)
    assert "Pours well." in text(thanks)
    again = web.get(mailed.review)
    assert checked(again) == [(str(mailed.lines[0]), "4")]
    assert "Pours well." in text(again)


def test_the_page_leaks_neither_its_address_nor_who_the_shopper_is(web, people):
    mailed = people.mail()
    page = web.get(mailed.review)
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["Cache-Control"] == "no-store"
    assert "script-src" not in page.headers["Content-Security-Policy"]
    assert page.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "<script" not in text(page)
    assert "Weber-Canary" not in text(page)
    assert "@example.com" not in text(page)
    assert "Set-Cookie" not in page.headers


@pytest.mark.parametrize("stars", "12345")
def test_stars_in_the_link_only_preselect(web, people, stars):
    mailed = people.mail("Harbour kettle", "Mug set")
    assert checked(web.get(f"{mailed.review}?stars={stars}")) == [(str(mailed.lines[0]), stars)]
    assert people.rows(select(Review.id)) == []


@pytest.mark.parametrize("stars", ["0", "6", "x", "", "4.0", "٤", "1e0"])
def test_stars_in_the_link_that_are_none_preselect_nothing(web, people, stars):
    mailed = people.mail()
    assert checked(web.get(mailed.review, query_string={"stars": stars})) == []


def test_what_is_wrong_is_said_beside_its_field_and_nothing_typed_is_lost(web, people):
    mailed = people.mail("Harbour kettle", "Mug set")
    first, second = mailed.lines
    form = {f"body-{first}": "Pours <b>well", f"rating-{second}": "9", "name": "N" * 61}
    page = web.post(mailed.review, data=form)
    assert page.status_code == 422
    shown = text(page)
    for field in (f"rating-{first}", f"rating-{second}", "name"):
        assert f'id="wrong-{field}"' in shown
        assert re.search(f'aria-describedby="[^"]*wrong-{field}', shown)
    assert "Choose 1 to 5 stars, so that your words can be shown." in shown
    assert "This one has 61." in shown
    assert "Pours &lt;b&gt;well" in page.get_data(as_text=True)
    assert people.rows(select(Review.id)) == []


def test_an_empty_form_is_asked_about(web, people):
    mailed = people.mail()
    page = web.post(mailed.review, data={})
    assert page.status_code == 422
    assert "Choose 1 to 5 stars." in text(page)


def test_german_shoppers_read_german(web, people):
    mailed = people.mail(locale="de")
    assert '<html lang="de">' in text(web.get(mailed.review))
    assert "Wählen Sie 1 bis 5 Sterne." in text(web.post(mailed.review, data={}))
    web.post(mailed.review, data=mailed.rated(1, "Undicht."))
    assert "Vielen Dank" in text(web.get(f"{mailed.review}?done=1"))


def test_a_language_we_do_not_write_is_answered_in_english_and_says_so(web, people):
    assert '<html lang="en">' in text(web.get(people.mail(locale="ja").review))


def test_one_star_is_thanked_in_the_same_words_as_five(web, people):
    pages = []
    for stars in (1, 5):
        mailed = people.mail()
        web.post(mailed.review, data=mailed.rated(stars, "As it is."))
        shown = text(web.get(f"{mailed.review}?done=1"))
        shown = re.sub(r'class="o(?:n|ff)"', "", shown).replace(f"{stars} star", "n star").replace("stars", "star")
        pages.append(shown.replace(mailed.review, ""))
    assert pages[0] == pages[1]
    assert "hello@kiln.example.com" in pages[0]


def test_only_what_arrived_or_was_asked_about_can_be_rated(web, people):
    waiting = people.mail(arrived=False, asked=False)
    page = web.get(waiting.review)
    assert page.status_code == 200
    assert "Nothing to rate yet" in text(page)
    assert web.post(waiting.review, data=waiting.rated(5)).status_code == 422
    assert people.rows(select(Review.id)) == []
    untracked = people.mail(arrived=False, asked=True)
    assert "Harbour kettle" in text(web.get(untracked.review))


def test_lines_of_other_orders_cannot_be_rated(web, people):
    mine, theirs = people.mail(), people.mail()
    assert web.post(mine.review, data=theirs.rated(5)).status_code == 422
    assert people.rows(select(Review.id)) == []


def test_leaving_the_name_empty_stays_unnamed(web, people):
    mailed = people.mail()
    web.post(mailed.review, data=mailed.rated(3, name=""))
    assert people.rows(select(Review.name_shown)) == [("",)]
    assert 'name="name" value=""' in text(web.get(mailed.review))


def test_sending_twice_is_one_review_and_one_change(web, people):
    mailed = people.mail()
    for _ in range(2):
        web.post(mailed.review, data=mailed.rated(4, "Good."))
    assert len(people.rows(select(Review.id))) == 1
    assert people.rows(select(ReviewChange.kind)) == [("submitted",)]


def test_an_edit_is_judged_anew_and_the_history_is_whole(web, people):
    mailed = people.mail()
    for body, state in (
        ("Good.", ReviewState.PUBLISHED),
        ("Good. Cheaper at https://spam.example.com", ReviewState.PENDING),
        ("Good again.", ReviewState.PUBLISHED),
    ):
        web.post(mailed.review, data=mailed.rated(4, body))
        ((found, shown),) = people.rows(select(Review.state, Review.body))
        assert (found, shown) == (state, body)
    with people.work() as session:
        review = session.scalars(select(Review)).one()
        assert change.is_whole(session, review)
        assert len(session.scalars(select(ReviewChange)).all()) == 3


@pytest.mark.parametrize("planted", ["body", "entry", "gap"])
def test_a_silent_edit_shows(web, people, planted):
    mailed = people.mail()
    web.post(mailed.review, data=mailed.rated(4, "Good."))
    web.post(mailed.review, data=mailed.rated(2, "Less good."))
    with people.work() as session:
        review = session.scalars(select(Review)).one()
        first, last = session.scalars(select(ReviewChange).order_by(ReviewChange.n)).all()
        assert change.is_whole(session, review)
        if planted == "body":
            review.body = "Wonderful."
        elif planted == "entry":
            better = {"content": """content || '{"rating": 5}'::jsonb"""}
            rewrite(session, "review_change", better, "id = :first", first=first.id)
            session.expire_all()
        else:
            session.delete(first)
        session.flush()
        assert not change.is_whole(session, review)
        assert last.digest


def test_a_large_form_is_refused(web, people):
    mailed = people.mail()
    assert web.post(mailed.review, data=mailed.rated(4, "x" * 300_000)).status_code == 413


def test_received_counts_every_review_and_the_average_only_those_shown(web, people):
    product = 4711
    for stars, body in ((5, "Good."), (2, "Leaks."), (1, "see www.spam.example.com")):
        mailed = people.mail(products=[product])
        web.post(mailed.review, data=mailed.rated(stars, body))
    ((received, published, hidden, total),) = people.rows(
        select(RatingSummary.received, RatingSummary.published, RatingSummary.hidden, RatingSummary.rating_sum)
    )
    assert (received, published, hidden, total) == (3, 2, 0, 7)
