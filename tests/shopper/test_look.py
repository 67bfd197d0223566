"""The signed pages in a browser: by eye, by keyboard, on a phone, with colours forced, in the dark."""

import re

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from app.messages.signed.links import Purpose
from app.messages.signed.too_often import FORMS
from app.reviews.models import Review
from tests.browser import PHONE, look, picture
from tests.serving import serving

pytestmark = pytest.mark.browser

DRAWING = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100"><rect width="100" height="100" fill="#cfd8d3"/>'
    '<circle cx="50" cy="55" r="26" fill="#5b7f78"/></svg>'
)


@pytest.fixture(scope="module")
def site(wired):
    app = wired.parts["flask"]
    app.add_url_rule("/drawing.svg", "drawing", lambda: (DRAWING, {"Content-Type": "image/svg+xml"}))
    with serving(app) as url:
        yield url


def arrived(people, site, *titles, **facts):
    return people.mail(*titles, picture=f"{site}/drawing.svg", **facts)


def filled(page, line):
    """How many stars of a line are drawn full."""
    return page.evaluate(
        """(line) => [...document.querySelectorAll(`input[name="rating-${line}"] + svg`)]
            .filter((shape) => getComputedStyle(shape).fill !== 'none').length""",
        line,
    )


def test_the_review_page(open_page, site, people):
    mailed = arrived(people, site, "Harbour kettle", "Mug set, four pieces")
    page = open_page()
    page.goto(f"{site}{mailed.review}?stars=4")
    assert filled(page, mailed.lines[0]) == 4
    assert filled(page, mailed.lines[1]) == 0
    look(page, "shopper-review", whole=True)
    page.get_by_role("button", name="Send my reviews").click()
    page.wait_for_url(re.compile("done=1"))
    look(page, "shopper-thanks", whole=True)
    page.reload()
    assert page.get_by_role("heading", level=1).inner_text() == "Thank you"
    page.go_back()
    assert filled(page, mailed.lines[0]) == 4
    assert len(people.rows(select(Review.id))) == 1


def test_what_is_wrong_is_seen(open_page, site, people):
    mailed = arrived(people, site, "Harbour kettle", locale="de")
    page = open_page()
    page.goto(f"{site}{mailed.review}")
    page.get_by_label("Was sollten andere wissen?").fill("Gießt, wohin man will.")
    page.get_by_role("button", name="Bewertung senden").click()
    look(page, "shopper-errors", whole=True)
    expect(page.get_by_role("alert").get_by_role("link")).to_have_count(1)
    page.get_by_role("alert").get_by_role("link").click()
    assert page.evaluate("document.activeElement.name") == f"rating-{mailed.lines[0]}"
    page.go_back()
    page.reload()


@pytest.mark.parametrize("locale", ["en", "de"])
def test_the_pages_about_mail(open_page, site, people, locale):
    mailed = arrived(people, site, locale=locale)
    page = open_page()
    page.goto(site + mailed.path(Purpose.PREFERENCES))
    look(page, f"shopper-preferences-{locale}", whole=True)
    page.get_by_role("checkbox").nth(3).uncheck()
    page.get_by_role("radio").nth(1).check()
    page.get_by_role("checkbox").last.check()
    page.get_by_role("button").first.click()
    expect(page.get_by_role("status")).to_have_count(1)
    assert not page.get_by_role("checkbox").nth(3).is_checked()
    assert page.get_by_role("radio").nth(1).is_checked()
    look(page, f"shopper-preferences-saved-{locale}", whole=True)
    page.get_by_role("button").nth(1).click()
    look(page, f"shopper-preferences-paused-{locale}", whole=True)
    page.get_by_role("button").last.click()
    expect(page.get_by_role("button"), "what is stopped is not paused or stopped again").to_have_count(1)
    look(page, f"shopper-preferences-stopped-{locale}", whole=True)
    other = arrived(people, site, locale=locale)
    page.goto(site + other.path(Purpose.UNSUBSCRIBE))
    look(page, f"shopper-unsubscribe-{locale}", whole=True)
    page.get_by_role("button").click()
    expect(page.get_by_role("status")).to_have_count(1)
    look(page, f"shopper-unsubscribed-{locale}", whole=True)
    page.reload()
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_count(1)


def test_what_is_no_longer_sold(open_page, site, people):
    mailed = arrived(people, site, sold=False)
    page = open_page()
    page.goto(site + mailed.path(Purpose.BUY_AGAIN))
    expect(page.get_by_role("link", name="Go to Kiln & Kettle")).to_have_count(1)
    look(page, "shopper-gone", whole=True)


def test_the_stars_by_keyboard_alone(open_page, site, people):
    mailed = arrived(people, site)
    (line,) = mailed.lines
    page = open_page(1280)
    page.goto(site + mailed.review)
    page.keyboard.press("Tab")  # the shop's name
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.name") == f"rating-{line}"
    outline = "getComputedStyle(document.activeElement.nextElementSibling).outlineStyle"
    assert page.evaluate(outline) == "solid"
    page.keyboard.press("Space")
    assert filled(page, line) == 1
    for stars in (2, 3):
        page.keyboard.press("ArrowRight")
        assert filled(page, line) == stars
    assert page.get_by_text("3 stars").is_visible()
    picture(page, "shopper-keyboard")
    page.keyboard.press("Tab")
    page.keyboard.type("Pours where you point it.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("done=1"))
    assert people.rows(select(Review.rating, Review.body)) == [(3, "Pours where you point it.")]


def test_every_target_is_large_enough_for_a_thumb(open_page, site, people):
    mailed = arrived(people, site, "Harbour kettle", "Mug set")
    page = open_page(390)
    for path in (mailed.review, mailed.path(Purpose.PREFERENCES), mailed.path(Purpose.UNSUBSCRIBE)):
        page.goto(site + path)
        small = page.evaluate(
            """() => [...document.querySelectorAll('a, button, textarea, input:not([type=hidden])')]
                .map((one) => one.closest('label') || one)
                .filter((one) => one.getBoundingClientRect().height < 44)
                .map((one) => one.outerHTML.slice(0, 80))"""
        )
        assert small == []


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("dark", {"color_scheme": "dark"}),
        ("forced", {"forced_colors": "active"}),
        ("large", {"device_scale_factor": 2}),
    ],
)
def test_the_stars_in_other_lights(open_page, site, people, name, settings):
    mailed = arrived(people, site)
    page = open_page(390, **settings)
    page.goto(f"{site}{mailed.review}?stars=3")
    assert filled(page, mailed.lines[0]) == 3
    look(page, f"shopper-{name}", whole=True, widths=[PHONE])


def test_everything_works_without_script(open_page, site, people):
    mailed = arrived(people, site)
    page = open_page(390, java_script_enabled=False)
    page.goto(f"{site}{mailed.review}?stars=5")
    page.get_by_role("button", name="Send my review").click()
    expect(page.get_by_role("heading", name="Thank you")).to_have_count(1)


@pytest.mark.parametrize(("locale", "words"), [("en", "Try again in a minute."), ("de", "in einer Minute noch einmal")])
def test_being_held_back_and_finding_nothing(open_page, site, people, wired, locale, words):
    mailed = arrived(people, site, locale=locale)
    path = mailed.path(Purpose.UNSUBSCRIBE)
    page = open_page(locale=f"{locale}-{'GB' if locale == 'en' else 'AT'}")
    page.goto(site + path)
    for _ in range(FORMS.times):
        wired.parts["flask"].test_client().post(path)
    page.get_by_role("button").click()
    expect(page.get_by_text(words)).to_have_count(1)
    look(page, f"shopper-too-often-{locale}", whole=True)
    page.get_by_role("main").get_by_role("link").click()
    expect(page.get_by_role("button")).to_have_count(1)  # the question again: nothing was stopped
    page.goto(f"{site}/r/never-signed")
    expect(page.get_by_text("Hier ist nichts." if locale == "de" else "There is nothing here.")).to_have_count(1)
    look(page, f"shopper-nothing-{locale}", whole=True)
