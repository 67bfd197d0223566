"""Every page of ours brings its icon: no browser asks for one that is not there, and no console tells of it."""

import re

import pytest

from app.messages.signed.links import Purpose
from tests.serving import serving

ICON = re.compile(r'<link rel="icon" href="([^"]+)" type="image/svg\+xml">')
BROWSER = {"Accept": "text/html"}


def pages(people, site=""):
    drawing = f"{site}/static/shopper_icon.svg"  # the goods' picture too comes from this machine
    mailed = people.mail(picture=drawing)
    return {
        "review": mailed.review,
        "unsubscribe": mailed.path(Purpose.UNSUBSCRIBE),
        "preferences": mailed.path(Purpose.PREFERENCES),
        "not sold": people.mail(sold=False, picture=drawing).path(Purpose.BUY_AGAIN),
        "nothing": "/r/never-signed",
        "sample": "/sample/r",
        "bounce": "/auth/patch-id-token?shop=kiln-and-kettle.myshopify.com",
    }


def test_every_page_names_an_icon_that_is_there(web, people):
    for name, path in pages(people).items():
        found = ICON.search(web.get(path, headers=BROWSER).text)
        assert found, name
        with web.get(found[1]) as icon:
            assert (icon.status_code, icon.mimetype) == (200, "image/svg+xml"), name


@pytest.mark.browser
def test_no_console_tells_of_anything_missing(wired, people, open_page):
    asked, told = [], []

    def recorded(environ, start):
        def heard(status, *rest):
            asked.append((environ["PATH_INFO"], status))
            return start(status, *rest)

        return wired.parts["flask"](environ, heard)

    with serving(recorded) as site:
        for name, path in pages(people, site).items():
            if name in {"nothing", "bounce"}:
                continue  # a 404 of its own, and a page that leaves for the admin at once
            page = open_page()
            page.on("console", lambda message: told.append(message.text))
            page.goto(f"{site}{path}")
            # A browser without a window fetches no icon by itself: have it loaded as one with a window would.
            drawn = page.evaluate(
                """() => new Promise((resolve) => {
                    const image = new Image();
                    image.onload = () => resolve(image.naturalWidth);
                    image.onerror = () => resolve(0);
                    image.src = document.querySelector('link[rel="icon"]').href;
                })"""
            )
            assert drawn > 0, name
            page.close()
    assert told == []
    assert [pair for pair in asked if not pair[1].startswith(("2", "3"))] == []
    assert "/favicon.ico" not in {path for path, _ in asked}
