"""Chromium for the tests marked `browser`, on the machine's own Chromium.

How to use:

    @pytest.mark.browser
    def test_x(open_page):
        page = open_page(390)                 # or 768, 1280; a fresh context with its own cookies each time
        page.goto(url)
        look(page, "journey-03-mail")         # the three below at three widths, one after the other
        assert axe(page) == []                # WCAG 2.1 A and AA, in every frame; sentences
        assert sideways(page) == []           # what makes a frame wider than its window; sentences
        picture(page, "journey-03-mail")      # docs/pictures/journey-03-mail-390.png, only with PICTURES=1

A page that asks any host but this machine is refused and fails its test at the end, as does one whose script raises.
Browsers are looked for in $CHROMIUM, then on PATH. Without root or apt, the npm package @sparticuz/chromium unpacks one
that $CHROMIUM can name.
"""

import os
import shutil
from pathlib import Path
from urllib.parse import urlsplit

import pytest

ROOT = Path(__file__).parent.parent
PICTURES = ROOT / "docs" / "pictures"

PHONE, TABLET, DESKTOP = 390, 768, 1280
HEIGHTS = {PHONE: 844, TABLET: 1024, DESKTOP: 900}
WIDTHS = (PHONE, TABLET, DESKTOP)
SETTLED_MS = 250  # a page may follow its window by script

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",  # it would look up its maker's hosts at every start
    "--disable-component-update",
    "--disable-sync",
    "--force-color-profile=srgb",
    "--font-render-hinting=none",
]

LOCAL = {"127.0.0.1", "localhost", "::1"}
WAIT_MS = 10_000

# Frames nobody can ask anything: empty ones, and mails shown where no script may run, ours as little as theirs.
UNASKED = {"", "about:blank", "about:srcdoc"}

# Every frame is asked by itself: asked from outside, one that runs no script keeps axe waiting.
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]},
    "iframes": False,
    "resultTypes": ["violations"],
}

WIDER_THAN_THE_WINDOW = """() => {
  const root = document.scrollingElement || document.documentElement;
  if (root.scrollWidth <= root.clientWidth) return [];
  const wide = [...document.body.querySelectorAll('*')]
    .filter((element) => element.getBoundingClientRect().right > root.clientWidth + 0.5)
    .slice(0, 5)
    .map((element) => `${element.tagName.toLowerCase()}.${element.className}`);
  return [`${location.pathname} is ${root.scrollWidth} px wide in ${root.clientWidth}: ${wide.join(', ')}`];
}"""


def find_chromium():
    """Return the path of a browser, or None."""
    named = os.environ.get("CHROMIUM")
    if named:
        return named
    return next((found for name in NAMES if (found := shutil.which(name))), None)


@pytest.fixture(scope="session")
def chromium():
    """The browser of this pytest process."""
    path = find_chromium()
    if path is None:
        pytest.skip("NO BROWSER: install chromium, or set CHROMIUM to one. Nothing a person sees was tested.")
    from playwright.sync_api import sync_playwright

    flags = [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else FLAGS
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=flags)
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium):
    """A function that opens an empty page of a given width, with settings of the context by name."""
    contexts, faults = [], []

    def refuse_the_outside(route):
        host = urlsplit(route.request.url).hostname
        if host in LOCAL:
            route.fallback()
        else:
            faults.append(f"asked {host} for {route.request.url[:200]}")
            route.abort()

    def open_page(width=DESKTOP, **settings):
        context = chromium.new_context(
            viewport={"width": width, "height": HEIGHTS.get(width, 900)},
            **{"locale": "en-GB", "timezone_id": "Europe/Berlin", "reduced_motion": "reduce"} | settings,
        )
        contexts.append(context)
        context.set_default_timeout(WAIT_MS)
        context.route("**/*", refuse_the_outside)
        context.on("weberror", lambda error: faults.append(f"script: {error.error}"))
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()
    assert faults == []


def axe(page):
    """Return what breaks WCAG 2.1 A or AA in the page and every frame in it, one sentence each."""
    from axe_playwright_python.sync_playwright import Axe

    found = []
    for frame in page.frames:
        if frame.is_detached() or frame.url in UNASKED:
            continue
        for broken in Axe().run(frame, options=RULES).response["violations"]:
            targets = [" ".join(map(str, node["target"])) for node in broken["nodes"]]
            found.append(f"{urlsplit(frame.url).path}: {broken['id']}: {broken['help']}: {'; '.join(targets[:5])}")
    return found


def sideways(page):
    """Return what makes the page, or a frame in it, scroll sideways; one sentence a frame."""
    frames = [frame for frame in page.frames if frame.url not in UNASKED]
    return [sentence for frame in frames for sentence in frame.evaluate(WIDER_THAN_THE_WINDOW)]


def look(page, name, *, whole=False, widths=WIDTHS):
    """Hold a page to the promises every page makes, at each width, and keep its pictures; it ends at the last one.

    The tablet shows the phone's or the desktop's layout, so axe looks at those two.
    """
    for width in widths:
        resize(page, width)
        assert sideways(page) == []
        if width != TABLET:
            assert axe(page) == []
        picture(page, name, whole=whole)


def resize(page, width):
    """Give the page's window another width, and the page the time to follow."""
    if page.viewport_size["width"] != width:
        page.set_viewport_size({"width": width, "height": HEIGHTS[width]})
        page.wait_for_timeout(SETTLED_MS)


def picture(page, name, *, whole=False):
    """Save what is seen as docs/pictures/<name>-<width>.png when PICTURES=1; `whole` takes what lies below too."""
    if os.environ.get("PICTURES") != "1":
        return
    PICTURES.mkdir(parents=True, exist_ok=True)
    width = page.viewport_size["width"]
    page.screenshot(path=PICTURES / f"{name}-{width}.png", full_page=whole, animations="disabled")
