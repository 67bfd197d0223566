"""The browser's own checks can fail."""

import http.server
import threading

import pytest

from tests.browser import PHONE, ROOT, axe, picture, sideways

GOOD = "<!doctype html><html lang=en><title>A</title><main><h1>Hello</h1><p>Words.</p></main>"
BAD = GOOD + "<img src='/x.png'><p style='color:#ccc;background:#fff;width:900px'>Pale</p><iframe src='/bad'></iframe>"
PAGES = {
    "/good": GOOD,
    "/bad": BAD.replace("<iframe src='/bad'></iframe>", ""),
    "/framed": GOOD + "<iframe title=f src='/bad' width=300></iframe>",
    "/outside": GOOD + "<script src='https://cdn.example.com/x.js'></script>",
    "/raises": GOOD + "<script>throw new Error('planted')</script>",
}

pytestmark = pytest.mark.browser


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = PAGES.get(self.path, "").encode()
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def site():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def test_a_good_page_passes(open_page, site):
    page = open_page(PHONE)
    page.goto(f"{site}/good")
    assert axe(page) == []
    assert sideways(page) == []


@pytest.mark.parametrize("path", ["/bad", "/framed"])
def test_planted_faults_are_found_in_frames_too(open_page, site, path):
    page = open_page(PHONE)
    page.goto(f"{site}{path}")
    found = " ".join(axe(page))
    assert "image-alt" in found
    assert "color-contrast" in found
    assert len(sideways(page)) == 1


def test_a_page_that_asks_outside_or_raises_fails_its_test(chromium, pytester, monkeypatch, site):
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    pytester.makepyfile(
        f"""
        pytest_plugins = ["tests.browser"]
        def test_outside(open_page):
            open_page(390).goto("{site}/outside")
        def test_raises(open_page):
            open_page(390).goto("{site}/raises")
        """
    )
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider")
    result.assert_outcomes(passed=2, errors=2)
    result.stdout.fnmatch_lines(["*asked cdn.example.com*", "*planted*"])


def test_pictures_are_kept_only_when_asked_for(open_page, site, tmp_path, monkeypatch):
    monkeypatch.setattr("tests.browser.PICTURES", tmp_path / "pictures")
    page = open_page(PHONE)
    page.goto(f"{site}/good")
    monkeypatch.delenv("PICTURES", raising=False)
    picture(page, "x")
    assert not (tmp_path / "pictures").exists()
    monkeypatch.setenv("PICTURES", "1")
    picture(page, "x")
    assert (tmp_path / "pictures" / "x-390.png").stat().st_size > 0
