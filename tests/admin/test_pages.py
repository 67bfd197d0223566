"""The pages: whole documents at first load, the same for htmx, and one answer for whoever has no business here."""

import re

import pytest

PAGES = [
    *("/", "/start", "/flows", "/flows/thank_you", "/flows/review_request"),
    *("/needs/unknown", "/needs/unwritten", "/needs/failed", "/needs/parked"),
]
POSTS = [
    *("/start", "/pause", "/resume", "/follow-ups/1/skip"),
    *("/flows/thank_you", "/flows/thank_you/switch", "/flows/thank_you/send-me", "/flows/thank_you/moves"),
]
HEAD = re.compile(
    r'<head>\s*<meta charset="utf-8">\s*<meta name="shopify-api-key"[^>]*>\s*<script src="[^"]*app-bridge.js">'
)


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_a_document_and_an_answer_to_htmx(merchant, path):
    merchant.order("Ana", sent=5, arrived=1)
    for answer in (merchant.open(path), merchant.fetch(path)):
        assert answer.status_code == 200
        assert HEAD.search(answer.text)
        assert answer.text.count("<s-page") == 1
        assert f"frame-ancestors https://{merchant.domain}" in answer.headers["Content-Security-Policy"]
        assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("path", PAGES)
def test_without_a_token_a_document_bounces_and_a_fetch_is_told(merchant, path):
    assert merchant.client.get(path).headers["Location"].startswith("/auth/patch-id-token")
    assert merchant.client.get(path, headers={"HX-Request": "true"}).status_code == 401


@pytest.mark.parametrize("path", POSTS)
def test_nothing_is_done_without_a_token(merchant, path):
    assert merchant.client.post(path).status_code == 401
    assert merchant.client.post(f"{path}?id_token={merchant.token()}").status_code == 401
    assert merchant.client.post(path, headers=merchant.forged()).status_code == 401
