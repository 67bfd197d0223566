"""People, reviews and settings as a merchant sees them, at the widths they have, inside the store's admin."""

import json
from functools import partial
from pathlib import Path

import pytest

from app.flows.models import FollowUp
from app.messages.models import MessageState
from app.reviews.settings import StandardStars
from app.shops import settings
from tests.admin.conftest import clock
from tests.admin.test_look import admin, database, opened
from tests.admin_people import stories
from tests.admin_people.test_settings import delivery, grants
from tests.browser import DESKTOP, PHONE, look

__all__ = ["admin", "clock", "database"]

pytestmark = pytest.mark.browser

LONG = "Pours where you point it, and the handle stays cool. After a month: still no limescale. " * 4


@pytest.fixture
def lives(admin):
    """A few people whose stories differ, and reviews in every state."""
    merchant, address = admin
    stories.starts(merchant)
    ana = merchant.order("Ana", placed=9, sent=8, arrived=5)
    stories.agrees(merchant, ana)
    message = stories.sends(merchant, ana, "product_help", subject="Your kettle arrived. Two things worth knowing")
    stories.opens(merchant, message, "machine", times=14)
    stories.opens(merchant, message, "human")
    stories.reviews(merchant, ana, 4, LONG)
    bernd = merchant.order("Bernd", placed=13, sent=12, arrived=10, country="DE")
    stories.decides(merchant, bernd, "review_request")
    stories.bounces(merchant, merchant.order("Cleo", placed=1))
    stories.erases(merchant, merchant.order("Dora", placed=1))
    merchant.order("Farid", placed=4, sent=3)
    dai = merchant.order("Dai", placed=9, sent=8, arrived=5, country="JP")
    for stars, body in ((1, "Handle came off. Photos at https://pics.example.com/x"), (5, "Ask me: ana@example.com")):
        stories.reviews(merchant, merchant.order("Grace", placed=9, sent=8, arrived=5), stars, body, name="Grace")
    hidden = stories.reviews(merchant, merchant.order("Hal", placed=9, sent=8, arrived=5), 2, "Rude.", name="Hal")
    merchant.post(f"/reviews/{hidden}/hide", reason="abuse")
    delivery(merchant, "customers/data_request", ana)
    return merchant, address, {"ana": ana, "bernd": bernd, "dai": dai}


def test_every_page_at_every_width(lives, open_page):
    merchant, address, orders = lives
    pages = {
        "customers": "/customers",
        "person": f"/customers/{stories.person_of(merchant, orders['ana'])}",
        "person-abroad": f"/customers/{stories.person_of(merchant, orders['dai'])}",
        "person-stopped": "/customers?q=cleo",
        "reviews": "/reviews",
        "reviews-published": "/reviews?state=published",
        "reviews-hidden": "/reviews?state=hidden",
        "settings": "/settings",
        "settings-parcels": "/settings/deliveries",
    }
    page, frame = opened(open_page, address, "/customers")
    for name, path in pages.items():
        page.goto(f"{address}{path}")
        frame.locator("s-page").wait_for()
        if name in {"person", "person-abroad"}:
            frame.get_by_role("button", name="Why: Review request").click()
            frame.get_by_text("Asking sends nothing.").wait_for()
        if name == "person-stopped":
            frame.get_by_role("link", name="Cleo Ferreira").click()
            frame.get_by_text("This address takes no mail").wait_for()
        look(page, f"admin-{name}")


def test_a_question_is_answered_while_it_is_typed(lives, open_page):
    _, address, _ = lives
    page, frame = opened(open_page, address, "/customers")
    frame.get_by_role("searchbox").press_sequentially("bern")
    frame.get_by_role("link", name="Ana Ferreira").wait_for(state="detached")
    assert frame.get_by_role("link", name="Bernd Ferreira").count() == 1
    frame.get_by_role("link", name="Bernd Ferreira").click()
    frame.get_by_role("heading", name="Bernd Ferreira").wait_for()
    frame.get_by_text("In Germany a review request counts as advertising").first.wait_for()
    page.reload()
    frame.get_by_role("heading", name="Bernd Ferreira").wait_for()
    page.evaluate("history.back()")
    frame.get_by_role("searchbox").wait_for()


def test_why_opens_in_place_and_is_copied(lives, open_page):
    merchant, address, orders = lives
    person = stories.person_of(merchant, orders["bernd"])
    may_copy = partial(open_page, permissions=["clipboard-read", "clipboard-write"])
    page, frame = opened(may_copy, address, f"/customers/{person}")
    frame.get_by_role("button", name="Why: Review request").click()
    frame.get_by_role("button", name="Copy for support").click()
    page.get_by_text("Copied.").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "STOPPED 12" in copied
    assert "@" not in copied


def test_pausing_and_resuming_a_person(lives, open_page):
    merchant, address, orders = lives
    person = stories.person_of(merchant, orders["ana"])
    page, frame = opened(open_page, address, f"/customers/{person}")
    frame.get_by_role("button", name="Pause messages").click()
    frame.get_by_label("For how long").select_option("7")
    look(page, "admin-person-pause", widths=[DESKTOP])
    frame.locator("#pause").get_by_role("button", name="Pause messages").click()
    frame.get_by_text("Messages are paused until Friday 27 November").wait_for()
    look(page, "admin-person-paused", widths=[DESKTOP])
    frame.get_by_role("button", name="Resume messages").click()
    frame.get_by_text("Messages go on.").wait_for()
    page.reload()
    frame.get_by_role("heading", name="Ana Ferreira").wait_for()


def test_deciding_by_hand_about_what_may_have_left(lives, open_page):
    merchant, address, _ = lives
    eva, finn = (merchant.order(name, placed=0) for name in ("Eva", "Finn"))
    for order in (eva, finn):
        stories.sends(merchant, order, "thank_you", MessageState.UNKNOWN)
    page, frame = opened(open_page, address, "/needs/unknown")
    frame.get_by_role("button", name="Decide: Eva Ferreira").click()
    frame.get_by_text("Sent again, Eva may get it twice.").wait_for()
    look(page, "admin-again", widths=[PHONE, DESKTOP])
    frame.get_by_role("button", name="Send again").click()
    frame.get_by_text("Planned again: it leaves within a minute.").wait_for()
    frame.get_by_role("button", name="Decide: Finn Ferreira").click()
    frame.get_by_role("button", name="Leave it").click()
    frame.get_by_text("Left as it is.").wait_for()
    look(page, "admin-again-done", widths=[PHONE, DESKTOP])
    page.goto(f"{address}/customers/{stories.person_of(merchant, finn)}")
    frame.get_by_role("button", name="Why: Thank you").click()
    frame.get_by_text("a staff member looked at it and left it as it is").first.wait_for()
    look(page, "admin-why-by-hand", whole=True, widths=[PHONE, DESKTOP])


def test_planning_again_what_ended_unsent(lives, open_page):
    merchant, address, _ = lives
    ivo = merchant.order("Ivo", placed=9, sent=8, arrived=5)
    with merchant.work() as session:
        row = stories.row_of(merchant, ivo, "product_help")
        session.get_one(FollowUp, (merchant.id, row.id)).expires_at = merchant.now
    stories.decides(merchant, ivo, "product_help")
    page, frame = opened(open_page, address, "/not-sent")
    frame.get_by_role("button", name="Plan again: Ivo Ferreira").click()
    frame.get_by_text("Planned again, every rule is asked anew.").wait_for()
    look(page, "admin-plan-again", whole=True, widths=[PHONE, DESKTOP])
    frame.get_by_role("button", name="Plan again", exact=True).click()
    frame.get_by_text("Planned again: it leaves within a minute.").wait_for()


def test_deciding_reviews_by_hand(lives, open_page):
    _, address, _ = lives
    page, frame = opened(open_page, address, "/reviews")
    frame.get_by_role("button", name="Publish: 5 of 5 stars").click()
    frame.get_by_text("Received 4 · published 2 · hidden 1").wait_for()
    frame.get_by_role("button", name="Hide: 1 of 5 stars").click()
    look(page, "admin-reviews-hide", widths=[DESKTOP])
    frame.locator("s-modal:has(form:visible)").get_by_role("button", name="Hide review").click()
    frame.get_by_text("Nothing was hidden").wait_for()
    frame.get_by_role("button", name="Hide: 1 of 5 stars").click()
    frame.locator("s-modal:has(form:visible)").get_by_text("It is not about the product").click()
    frame.locator("s-modal:has(form:visible)").get_by_role("button", name="Hide review").click()
    frame.get_by_text("All decided.").wait_for()
    assert frame.get_by_text("Received 4 · published 2 · hidden 2").count() == 1
    look(page, "admin-reviews-decided", widths=[DESKTOP])
    page.reload()
    frame.get_by_text("All decided.").wait_for()


def test_a_file_is_kept_and_access_is_asked_for_in_context(lives, open_page):
    merchant, address, _ = lives
    page, frame = opened(open_page, address, "/settings")
    with page.expect_download() as kept:
        frame.get_by_role("button", name="Download: Copy of a person's data").click()
    assert kept.value.suggested_filename.startswith("data-request-")
    assert json.loads(Path(kept.value.path()).read_text("utf-8"))["orders"][0]["order"] == "#1401"
    frame.get_by_role("button", name="Write these stars").click()
    dialog = page.get_by_role("dialog")
    dialog.wait_for()
    assert "write_products" in dialog.inner_text() or "products" in dialog.inner_text()
    look(page, "admin-settings-access", widths=[DESKTOP])
    dialog.get_by_role("button").last.click()
    frame.get_by_text("Shopify has not granted the access").wait_for()
    with merchant.work() as session:
        assert settings.load(session, StandardStars).allowed
    grants(merchant, "write_products")  # as the webhook tells a moment later
    frame.get_by_role("button", name="Stop writing these stars").wait_for()
