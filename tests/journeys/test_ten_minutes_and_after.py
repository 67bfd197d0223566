"""The second half of a stranger's first ten minutes: answers come back, and things are broken on purpose.

The tests are one journey, in order; each goes on where the one before ended. What a page counts is held against the
simulated store's own records and against the log of the mail server.
"""

import os
import re
import signal
from email import message_from_bytes, policy
from html import unescape
from urllib.request import urlopen

import pytest

from tests.browser import PHONE, picture, resize
from tests.journeys.eyes import PATIENT_MS, app_in, comes_back, look, patient
from tests.journeys.ledger import accepted, differences, ledger, rows
from tests.journeys.walking import JUMP_S, LEASES_S, SWEPT_S, after, mails, opened, until

pytestmark = pytest.mark.browser

ADMIN = "/admin/kiln-and-kettle"
APP = f"{ADMIN}/apps/welltimed"
ROBIN = "robin@example.com"
WORDS = "It pours where I point it, and it does not drip."


def test_simulated_shoppers_answer_the_spammer_waits_and_the_scanner_changes_nothing(demo, done):
    after(done, "answers")
    visits = demo.api("/api/shoppers?limit=1000")["visits"]
    posted = [one for one in visits if any(method == "POST" for method, *_ in one["requests"])]
    reviews = dict(rows(demo, "welltimed", "select state, count(*) from review group by 1"))
    assert {one["role"] for one in posted} == {"reader", "spammer"}
    assert reviews["published"] > 0
    spam = rows(demo, "welltimed", "select state, held_for from review where body like %s", "%cheap-pills%")
    assert set(spam) == {("pending", "contains_link")}
    scanned = {one["to"] for one in visits if one["role"] == "scanner" and one["state"] == "done"}
    grades = rows(
        demo,
        "welltimed",
        "select e.grade, count(*) from message_event e join message m on m.shop_id = e.shop_id and m.id = e.message_id"
        " where m.recipient = any(%s) group by 1",
        list(scanned),
    )
    assert [grade for grade, _ in grades] == ["machine"]
    stopped = rows(demo, "welltimed", "select 1 from suppression")
    assert stopped == []


def test_four_stars_and_a_line_are_on_the_product_page_without_a_script_of_ours(demo, open_page, done):
    after(done, "answers")
    page = opened(open_page, f"{demo.store}/inbox?to={ROBIN}", PHONE)
    page.locator("#mails a").first.click()
    page.get_by_role("link", name="Phone").click()
    mail = page.frame_locator("iframe")
    mail.get_by_role("link", name="Rate the Harbour kettle").wait_for()
    look(page, "12-mail", whole=True)
    resize(page, PHONE)
    with page.context.expect_page() as beside:
        mail.locator("a[href$='stars=4']").click()
    review = patient(beside.value)
    review.get_by_role("heading", name="How has it been?").wait_for()
    assert review.get_by_role("radio", name="4 stars").is_checked()
    review.get_by_label("What should the next person know?").fill(WORDS)
    look(review, "13-review")
    review.get_by_role("button", name="Send my review").click()
    review.get_by_text("Thank you").first.wait_for()
    look(review, "14-thanks")

    address = f"{demo.store}/store/kiln-and-kettle/products/harbour-kettle"
    source = until(lambda: (text := urlopen(address, timeout=30).read().decode()) and WORDS in unescape(text) and text)
    assert "<script" not in re.sub(r'<script type="application/ld\+json">', "", source)
    assert demo.web not in source
    page = opened(open_page, address)
    mine = page.locator("#main").get_by_text(WORDS)
    mine.scroll_into_view_if_needed()
    assert page.get_by_text("Robin").first.is_visible()
    look(page, "15-product", whole=True)

    page = opened(open_page, f"{demo.store}{APP}/reviews")
    app = app_in(page)
    app.get_by_text("cheap-pills").first.wait_for()
    look(page, "16-reviews")
    app.get_by_role("link", name="Published").click()
    app.get_by_text(WORDS).wait_for()
    comes_back(page, app.get_by_text(WORDS))
    done.add("reviewed")


def test_a_person_has_one_timeline(demo, open_page, done):
    after(done, "reviewed")
    page = opened(open_page, f"{demo.store}{APP}/customers")
    app = app_in(page)
    app.get_by_role("link", name="Robin").first.click()
    app.get_by_text("Thank you").first.wait_for()
    app.get_by_text("4 of 5 stars for Harbour kettle").first.wait_for()
    assert app.get_by_text("By a program that checks mails").count() == 0
    look(page, "17-person", whole=True)
    done.add("person")


def test_broken_on_purpose_nothing_is_lost_and_nothing_is_sent_twice(demo, open_page, done):
    after(done, "reviewed")
    page = opened(open_page, f"{demo.store}{APP}")
    page.locator("summary", has_text="Webhooks").click()
    page.get_by_role("button", name="Lose 20 % of webhooks").click()
    page.get_by_role("button", name="Send each three times").click()
    until(lambda: demo.api("/api/faults")["copies"] == 3)
    picture(page, "journey-18-faults")
    page.keyboard.press("Escape")
    kettle = next(one for one in demo.api("/api/products")["products"] if one["title"] == "Harbour kettle")
    for n in range(6):
        buyer = {"email": f"late{n}@example.com", "first_name": "Late"}
        order = demo.api("/api/orders", {"customer": buyer, "lines": [{"variant": kettle["variants"][0]["id"]}]})
        parcel = demo.api(f"/api/orders/{order['order_number']}/fulfillments", {})
        if n % 2:
            demo.api(f"/api/fulfillments/{parcel['id']}/events", {"status": "delivered"})

    page.get_by_role("button", name="+1 day", exact=True).click()
    until(lambda: demo.api("/api/clock/jump")["hours_done"] >= 1)
    for worker in demo.pids("worker sends"):
        os.kill(worker, signal.SIGKILL)
    until(lambda: not demo.api("/api/clock/jump")["running"], JUMP_S)
    assert demo.api("/api/clock/jump")["error"] == ""
    page.locator("summary", has_text="Webhooks").click()
    page.get_by_role("button", name="Heal").click()
    lost = demo.api("/api/webhooks/counts")["topics"]
    assert sum(states.get("lost", 0) for states in lost.values()) > 0
    until(lambda: demo.pids("worker sends"))

    demo.flask("reconcile")
    until(lambda: demo.ready()["inbox_received"] == demo.ready()["follow_ups_due"] == 0, LEASES_S)
    until(lambda: differences(demo) == [])
    books = until(lambda: (now := ledger(demo)).lost == () and now, SWEPT_S)
    print(books, dict(books.not_sent))
    assert books.twice == ()
    assert books.due == books.sent + books.not_sent.total() + books.unknown
    assert {mail["subject"] for mail in mails(demo, "late1@example.com")} >= {"Arrived: Harbour kettle"}
    page.reload()
    app_in(page).get_by_text("sent today").first.wait_for(timeout=PATIENT_MS)
    look(page, "19-after")


def test_every_mail_that_left_has_a_subject_a_text_and_a_way_out(demo, done):
    after(done, "answers")
    assert accepted(demo)
    for fact in accepted(demo):
        mail = message_from_bytes(fact["body"], policy=policy.default)
        assert mail["Subject"]
        assert len(mail["Subject"]) <= 45 + 25
        text = mail.get_body(("plain",)).get_content()
        assert re.search(r"http://\S+/p/\S+", text), mail["Subject"]
        out = re.search(r"http://\S+/u/\S+", text)
        assert mail["List-Unsubscribe"] == (f"<{out[0]}>" if out else None)
        assert all(address.endswith("@example.com") for address in fact["to"])
