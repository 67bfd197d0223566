"""Every admin page a merchant can reach by links uses only what Polaris has, as it is really rendered."""

import re
from collections import Counter
from html import unescape

import pytest
from werkzeug.exceptions import NotFound

from tests.oracles import polaris

pytestmark = pytest.mark.oracle

LINK = re.compile(r'\b(?:href|hx-get)="(/[^"#]*)')
EACH = 3  # pages of one kind: the first customers show what all of them show


def reached(merchant):
    """Return {path: html} of what links lead to, from the home page on, a few pages of each kind."""
    routes = merchant.wired.parts["flask"].url_map.bind("127.0.0.1")
    ahead, seen, pages, kinds = ["/"], {"/"}, {}, Counter()
    while ahead:
        path = ahead.pop(0)
        try:
            kind = routes.match(path.partition("?")[0])[0]
        except NotFound:
            pytest.fail(f"a link leads nowhere: {path}")
        kinds[kind] += 1
        if kind == "static" or kinds[kind] > EACH:
            continue
        answer = merchant.fetch(path)
        if answer.status_code == 303:
            continue  # a page that no longer applies sends on to the one that does
        assert answer.status_code == 200, path
        pages[path] = answer.text
        found = {unescape(link) for link in LINK.findall(answer.text)} - seen
        seen |= found
        ahead += sorted(found)
    return pages


def faults(pages):
    return {path: found for path, html in pages.items() if (found := polaris.faults(html))}


def test_before_and_after_the_start(merchant):
    merchant.order("Ana", sent=5, arrived=1)
    merchant.order("Ben", sent=1)
    before = reached(merchant)
    assert faults(before) == {}
    assert merchant.post("/start", shopify="yes", include="yes").status_code < 400
    merchant.order("Cleo")
    after = reached(merchant)
    assert faults(after) == {}
    assert len(before) >= 5
    assert len(after) >= len(before)
