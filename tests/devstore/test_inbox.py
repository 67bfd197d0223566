"""The inbox as people see it."""

import pytest

from tests.devstore.conftest import keep_mail
from tests.devstore.test_sink import letter


@pytest.fixture
def mail(store):
    """A store with one mail, and the mail's number."""
    keep_mail(letter().as_bytes(), "ana@example.com")
    return store.get("/api/inbox").json["mails"][0]["id"]


def page(store, path):
    answer = store.get(path)
    assert answer.status_code == 200
    return answer.text


def test_an_empty_inbox_says_what_to_do(store):
    assert "No mail yet" in page(store, "/inbox")


def test_the_list_shows_who_what_and_when(store, mail):
    listing = page(store, "/inbox")
    assert "ana@example.com" in listing
    assert "Grüße aus Leeds" in listing
    assert "unread" in listing.partition("<ol")[2]
    assert "No mail yet" not in listing
    assert "No mail yet" in page(store, "/inbox?to=nobody@example.com")


def test_looking_marks_it_read(store, mail):
    page(store, f"/inbox/{mail}")
    assert 'class="unread"' not in page(store, "/inbox")


def test_the_mail_runs_nothing_and_opens_links_beside(store, mail):
    shown = page(store, f"/inbox/{mail}?view=phone")
    sandbox = shown.partition('sandbox="')[2].partition('"')[0].split()
    assert "allow-scripts" not in sandbox
    assert "allow-popups" in sandbox
    assert "&lt;base target=&#34;_blank&#34;&gt;" in shown
    assert "https://shop.example.com/r/1" in shown


def test_plain_text_headers_and_bytes(store, mail):
    assert ".one dot" in page(store, f"/inbox/{mail}?view=text")
    assert "Message-ID" in page(store, f"/inbox/{mail}?view=headers")
    raw = store.get(f"/inbox/{mail}/raw")
    assert raw.data.startswith(b"From: Kiln & Kettle <hello@example.com>")
    assert raw.data.rstrip().endswith(b"--")
    assert raw.mimetype == "text/plain"


def test_markup_in_a_subject_stays_words(store):
    made = letter(subject="<script>alert(1)</script>")
    keep_mail(made.as_bytes(), "b@example.com")
    assert "<script>alert" not in page(store, "/inbox")


@pytest.mark.parametrize("path", ["/inbox/0", "/inbox/99999999999999999999", "/inbox/0/raw"])
def test_a_mail_that_is_not_there(store, path):
    assert store.get(path).status_code == 404


def test_an_unknown_view_becomes_the_usual_one(store, mail):
    assert store.get(f"/inbox/{mail}?view=x").status_code == 302
