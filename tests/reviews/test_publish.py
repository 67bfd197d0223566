"""From our rows to the product page: the metaobject, written whole, and what the theme's blocks make of it."""

import json
import re
import tomllib
from datetime import date
from decimal import Decimal

from sqlalchemy import select

from app.reviews.desk.decide import hide
from app.reviews.models import Review
from app.reviews.states import HiddenReason
from app.reviews.storefront.ratings import Summary, summarise
from app.reviews.storefront.summary_fields import FIRST_PAGE, MOST_BYTES, Shown, summary_fields
from app.shopify.asking import outgoing
from app.shopify.models import CallState
from app.shops.install import ensure_installed, uninstall
from tests.reviews.store import EXTENSION, PRODUCT, calls, retry, say
from tests.storefront.conftest import FIELDS

CALL = f"review_summary:{PRODUCT}"
DONE = {CALL: (CallState.DONE, None)}


def plain(html):
    return " ".join(re.sub(r"<[^>]+>", " ", re.sub(r"<script.*?</script>", "", html, flags=re.DOTALL)).split())


def test_a_review_reaches_the_product_page(web, wired, people, store):
    say(web, people, 5, "Pours well.")
    say(web, people, 4, "Etwas laut.", first_name="Bernd", locale="de")
    say(web, people, 1, "see www.spam.example.com")
    outgoing.run_due(wired)
    (entry,) = store.metaobjects()
    assert entry.handle == str(PRODUCT)
    assert json.loads(entry.values["rating"]) == {"value": "4.5", "scale_min": "1.0", "scale_max": "5.0"}
    assert entry.values["rating_count"] == "2"
    assert (entry.values["received_count"], entry.values["hidden_count"]) == ("3", "0")
    assert json.loads(entry.values["histogram"]) == {"5": 1, "4": 1, "3": 0, "2": 0, "1": 0}
    seen = plain(store.block("product-reviews"))
    assert "Pours well." in seen
    assert "spam" not in seen
    assert seen.count("Verified buyer") == 2
    assert seen.endswith("Received 3 · published 2 · hidden 0")
    assert re.search(r'lang="de"\s*dir="auto"', store.block("product-reviews"))
    assert plain(store.block("star-rating")) == "4.5 2 reviews"
    assert plain(store.block("star-rating", "de")) == "4,5 2 Bewertungen"


def test_what_is_hidden_leaves_the_product_page_but_not_the_count(web, wired, people, store):
    say(web, people, 5, "Buy mine instead.")
    outgoing.run_due(wired)
    with people.work() as session:
        hide(session, session.scalars(select(Review.id)).one(), HiddenReason.SPAM, by="Maria")
    outgoing.run_due(wired)
    seen = plain(store.block("product-reviews"))
    assert "Buy mine" not in seen
    assert seen.endswith("Received 1 · published 0 · hidden 1")
    assert store.block("star-rating") == ""


def test_one_call_per_product_however_much_is_said(web, wired, people, store):
    for stars in (1, 2, 3):
        say(web, people, stars)
    assert list(calls(people)) == [CALL]
    outgoing.run_due(wired)
    assert store.times("metaobjectUpsert") == 1
    assert calls(people) == DONE


def test_what_changes_while_a_call_is_out_is_written_after_it(web, wired, people, store, monkeypatch):
    say(web, people, 5, "First.")

    def client(session, shop_id):
        monkeypatch.setitem(wired.parts, "admin", store.client)
        say(web, people, 3, "Second.")  # committed while the call before it is on its way
        return store.client(session, shop_id)

    monkeypatch.setitem(wired.parts, "admin", client)
    outgoing.run_due(wired)
    (entry,) = store.metaobjects()
    assert entry.values["rating_count"] == "2"
    assert store.times("metaobjectUpsert") == 2
    assert calls(people) == DONE


def test_a_lost_reply_is_adopted(web, wired, people, store):
    say(web, people, 5)
    store.lose("metaobjectUpsert")
    outgoing.run_due(wired)
    assert calls(people) == {CALL: (CallState.PENDING, "Unreachable")}
    retry(wired, people)
    assert len(store.metaobjects()) == 1
    assert calls(people) == DONE


def test_an_app_that_comes_back_writes_its_reviews_again(web, wired, people, store):
    say(web, people, 5)
    outgoing.run_due(wired)
    with people.work() as session:
        shop = ensure_installed(session, people.domain)
        assert uninstall(session, shop.id, shop.installed_at)
        ensure_installed(session, people.domain)
    assert calls(people) == {CALL: (CallState.PENDING, None)}
    outgoing.run_due(wired)
    assert store.times("metaobjectUpsert") == 2


def shown(number, body):
    return Shown(f"r{number}", 5, body, "Ana", verified=True, submitted_on=date(2026, 11, 12), locale="en")


def test_what_is_written_is_what_is_declared_and_what_the_blocks_read():
    fields = summary_fields(1, summarise([(5, "published")]), [shown(1, "Good.")])
    declared = tomllib.loads((EXTENSION.parents[1] / "shopify.app.toml").read_text())
    declared = declared["metaobjects"]["app"]["review_summary"]["fields"]
    assert set(fields) == set(declared) == set(FIELDS)
    assert {key: one["type"] for key, one in declared.items()} == FIELDS
    liquid = "".join(path.read_text() for path in sorted(EXTENSION.rglob("*.liquid")))
    assert set(re.findall(r"summary\.(\w+)\.value", liquid)) <= set(fields)
    read = set(re.findall(r"\breview\.(\w+)", liquid))
    written = set(json.loads(fields["reviews"])[0])
    assert written <= read
    assert read - written == {"title"}, "a title may be missing, and ours have none"


def test_without_a_published_review_there_is_no_average():
    fields = summary_fields(1, summarise([(5, "hidden"), (1, "pending")]), [])
    assert "rating" not in fields
    assert (fields["rating_count"], fields["received_count"], fields["hidden_count"]) == ("0", "2", "1")


def test_the_first_page_keeps_to_its_length_and_size():
    summary = Summary(100, 100, 0, 500, {5: 100})
    many = json.loads(summary_fields(1, summary, [shown(n, "x") for n in range(100)])["reviews"])
    assert [one["id"] for one in many] == [f"r{n}" for n in range(FIRST_PAGE)]
    large = summary_fields(1, summary, [shown(n, "ж" * 5000) for n in range(100)])["reviews"]
    assert len(large.encode()) <= MOST_BYTES
    assert 3 < len(json.loads(large)) < FIRST_PAGE


def test_half_a_tenth_rounds_up():
    assert Summary(20, 20, 0, 89, {}).average == Decimal("4.5")
    assert Summary(3, 3, 0, 13, {}).average == Decimal("4.3")
