"""Whatever a shopper types is text: on our pages, in the shop's blocks and in what search engines read."""

import json
from collections import Counter
from html.parser import HTMLParser

import pytest
from sqlalchemy import select

from app.reviews.desk.decide import publish
from app.reviews.models import Review
from app.reviews.page.forms import plain
from app.shopify.asking import outgoing
from tests.reviews.hostile import HOSTILE
from tests.reviews.store import PRODUCT

HARMLESS = "Pours well."
PAGE = 10  # reviews the block shows unless the merchant says otherwise


class Shape(HTMLParser):
    """Count elements with the names of their attributes; keep what is read and what linked data says."""

    def __init__(self, html):
        super().__init__()
        self.elements, self.read, self.data, self._inside = Counter(), [], [], ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.elements[tag, tuple(sorted(name for name, _ in attributes))] += 1
        self._inside = tag
        for name, value in attributes:
            assert not name.startswith("on")
            if name in {"href", "src", "action"}:
                assert not (value or "").strip().lower().startswith("javascript")

    def handle_endtag(self, _tag):
        self._inside = ""

    def handle_data(self, data):
        (self.data if self._inside == "script" else self.read).append(data)

    def handle_comment(self, _data):
        self.elements["comment", ()] += 1

    def handle_decl(self, _decl):
        self.elements["declaration", ()] += 1


def words(text):
    return " ".join(text.split())


def our_pages(web, people, typed):
    """Every page of ours that shows what was typed, one after the other."""
    mailed = people.mail(products=[PRODUCT], first_name=plain(typed)[:60])
    wrong = {f"body-{mailed.lines[0]}": typed, "name": typed * 9 + "x" * 60}
    yield web.post(mailed.review, data=wrong).get_data(as_text=True)
    assert web.post(mailed.review, data=mailed.rated(5, typed, name=typed[:60])).status_code == 303
    yield web.get(mailed.review).get_data(as_text=True)
    yield web.get(f"{mailed.review}?done=1").get_data(as_text=True)


def test_our_pages_have_the_same_elements_whatever_was_typed(web, people):
    calm = [Shape(page) for page in our_pages(web, people, HARMLESS)]
    for typed in HOSTILE:
        for expected, page in zip(calm, our_pages(web, people, typed), strict=True):
            found = Shape(page)
            assert found.elements == expected.elements, typed
            assert words(plain(typed)) in words("".join(found.read))


def block_with(web, wired, people, store, bodies):
    """The reviews block after these were written and published, and nothing before them."""
    with people.work() as session:
        session.query(Review).delete()
    for typed in bodies:
        mailed = people.mail(products=[PRODUCT])
        web.post(mailed.review, data=mailed.rated(5, typed, name=typed[:60]))
    with people.work() as session:
        for review_id in session.scalars(select(Review.id)):
            publish(session, review_id, by="Maria")
    outgoing.run_due(wired)
    return Shape(store.block("product-reviews"))


@pytest.mark.parametrize("start", range(0, len(HOSTILE), PAGE))
def test_the_blocks_have_the_same_elements_whatever_was_typed(web, wired, people, store, start):
    page = HOSTILE[start : start + PAGE]
    wild = block_with(web, wired, people, store, page)
    calm = block_with(web, wired, people, store, [HARMLESS] * len(page))
    assert wild.elements == calm.elements
    (data,) = [json.loads(one) for one in wild.data]
    shown = page[::-1]  # the newest first
    assert [one["reviewBody"] for one in data["review"]] == [plain(typed) for typed in shown]
    assert all(words(plain(typed)) in words("".join(wild.read)) for typed in shown)


def test_a_shape_tells_markup_from_words():
    calm, wild = Shape("<p>x</p>"), Shape("<p>x<b>y</b></p>")
    assert calm.elements != wild.elements
    with pytest.raises(AssertionError):
        Shape("<img src=x onerror=y>")
