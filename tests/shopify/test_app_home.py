"""Who gets in: a merchant with a living ID token. Everyone else gets the one answer that fits."""

import time
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from flask import Blueprint, Flask, g
from sqlalchemy import select

from app import wiring
from app.kit.work import unit_of_work
from app.shopify.asking import gateway
from app.shopify.entry import app_home
from app.shops.models import AccessToken, Shop, ShopStatus
from tests.database import API_KEY, API_SECRET
from tests.shopify.test_id_token import SHOP, claims, signed

PAIR = {
    "access_token": "shpua_1",
    "scope": "read_orders",
    "expires_in": 3600,
    "refresh_token": "shprt_1",
    "refresh_token_expires_in": 7_776_000,
}


@pytest.fixture
def shopify():
    """What Shopify answers to token exchanges, and what it was asked."""

    class Shopify:
        status, body, asked = 200, PAIR, 0

        def handle(self, _request):
            self.asked += 1
            return httpx.Response(self.status, json=self.body)

    return Shopify()


@pytest.fixture
def page(wired, shopify):
    """A client of an app with one guarded page, which says who opened it."""
    flask: Flask = wiring.make_flask()
    flask.testing = True
    blueprint = Blueprint("guarded", __name__)
    app_home.guard(blueprint)

    @blueprint.route("/guarded", methods=["GET", "POST"])
    def guarded():
        return f"<p>shop {g.shop_id} user {g.opened.who.user_id}</p>"

    flask.register_blueprint(blueprint)
    wired.parts["http"] = gateway.open_client(None, httpx.MockTransport(shopify.handle))
    return flask.test_client()


def token(**changes):
    return signed(claims(**({"aud": API_KEY} | changes)), API_SECRET)


def bearer(text):
    return {"Authorization": f"Bearer {text}", "Sec-Fetch-Dest": "empty"}


def test_a_document_with_a_token_opens_and_connects_the_shop(page, wired):
    answer = page.get(f"/guarded?shop={SHOP}&id_token={token()}")
    assert (answer.status_code, answer.text) == (200, "<p>shop 1 user 902541635</p>")
    with unit_of_work(wired, shop_id=1) as session:
        shop = session.scalars(select(Shop)).one()
        assert (shop.domain, shop.status, shop.generation) == (SHOP, ShopStatus.ACTIVE, 1)
        row = session.scalars(select(AccessToken)).one()
        assert b"shp" not in row.access_token + row.refresh_token


def test_a_fetch_with_a_token_is_answered(page):
    assert page.get("/guarded", headers=bearer(token())).status_code == 200
    assert page.post("/guarded", headers=bearer(token())).status_code == 200


def test_tokens_are_exchanged_once_and_not_at_every_page(page, shopify):
    for _ in range(3):
        assert page.get("/guarded", headers=bearer(token())).status_code == 200
    assert shopify.asked == 1


def test_a_page_may_be_framed_by_its_own_shop_only(page):
    answer = page.get(f"/guarded?shop=other.myshopify.com&id_token={token()}")
    assert f"frame-ancestors https://{SHOP} https://admin.shopify.com" in answer.headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"
    assert "app-bridge.js" in answer.headers["Link"]


@pytest.mark.parametrize("query", ["", "id_token=", "embedded=1"])
def test_a_document_without_a_token_takes_the_bounce_page(page, query):
    answer = page.get(f"/guarded?shop={SHOP}&tab=2&{query}", headers={"Sec-Fetch-Dest": "iframe"})
    assert answer.status_code == 302
    there = urlsplit(answer.headers["Location"])
    assert there.path == "/auth/patch-id-token"
    asked = parse_qs(there.query)
    assert asked["shop"] == [SHOP]
    assert asked["shopify-reload"][0].startswith(f"/guarded?shop={SHOP}&tab=2")
    assert "id_token" not in there.query.replace("patch-id-token", "")


def test_a_document_with_a_stale_token_takes_the_bounce_page(page, shopify):
    now = int(time.time())
    old = token(iat=now - 120, nbf=now - 120, exp=now - 60)
    answer = page.get(f"/guarded?shop={SHOP}&id_token={old}")
    assert answer.status_code == 302
    assert old not in answer.headers["Location"]
    assert shopify.asked == 0


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Dest": "empty"},
        {"HX-Request": "true"},
        {"Authorization": "Bearer "},
        bearer(token(iat=1, nbf=1, exp=61)),
    ],
    ids=["none", "htmx", "empty", "stale"],
)
def test_a_fetch_without_a_living_token_is_told_to_try_again_with_one(page, headers):
    answer = page.get("/guarded", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["X-Shopify-Retry-Invalid-Session-Request"] == "1"
    assert answer.json["error"]["code"] == "id_token"


def test_a_form_posted_without_a_token_is_refused(page):
    assert page.post("/guarded").status_code == 401


FORGED = {
    "another secret": lambda: bearer(signed(claims(aud=API_KEY), "another-apps-secret-another-apps-secret")),
    "another app": lambda: bearer(token(aud="another-app")),
    "two shops": lambda: bearer(token(dest="https://other.myshopify.com")),
    "nonsense": lambda: bearer("nonsense"),
    "another scheme": lambda: {"Authorization": f"Basic {token()}"},
    "no scheme": lambda: {"Authorization": token()},
}


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_token_is_refused_without_a_second_try(page, shopify, name):
    answer = page.get("/guarded", headers=FORGED[name]())
    assert answer.status_code == 401
    assert "X-Shopify-Retry-Invalid-Session-Request" not in answer.headers
    assert shopify.asked == 0


def test_two_tokens_in_an_address_are_refused(page):
    assert page.get(f"/guarded?id_token={token()}&id_token={token()}").status_code == 401


def test_a_token_in_the_address_of_a_fetch_does_not_count(page):
    assert page.get(f"/guarded?id_token={token()}", headers={"Sec-Fetch-Dest": "empty"}).status_code == 401


def test_a_token_too_old_to_exchange_is_asked_for_again(page, shopify):
    shopify.status, shopify.body = 400, {"error": "invalid_subject_token"}
    assert page.get(f"/guarded?shop={SHOP}&id_token={token()}").status_code == 302
    assert page.get("/guarded", headers=bearer(token())).headers["X-Shopify-Retry-Invalid-Session-Request"] == "1"


@pytest.mark.parametrize(("status", "body"), [(500, {}), (400, {"error": "invalid_client"}), (200, {})])
def test_shopify_not_letting_us_in_is_said_and_nothing_is_kept(page, wired, shopify, status, body):
    shopify.status, shopify.body = status, body
    answer = page.get("/guarded", headers=bearer(token()))
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    with unit_of_work(wired) as session:
        assert session.scalars(select(Shop)).all() == []


def test_a_reinstall_raises_the_generation_and_exchanges_anew(page, wired, shopify):
    page.get("/guarded", headers=bearer(token()))
    with unit_of_work(wired, shop_id=1) as session:
        session.get_one(Shop, 1).status = ShopStatus.UNINSTALLED
    shopify.body = PAIR | {"access_token": "shpua_2"}
    assert page.get("/guarded", headers=bearer(token())).status_code == 200
    assert shopify.asked == 2
    with unit_of_work(wired, shop_id=1) as session:
        assert session.get_one(Shop, 1).generation == 2
        assert {row.generation for row in session.scalars(select(AccessToken))} == {1, 2}


def test_a_shop_in_need_of_reconnection_is_connected_by_opening_the_app(page, wired, shopify):
    page.get("/guarded", headers=bearer(token()))
    with unit_of_work(wired, shop_id=1) as session:
        session.get_one(Shop, 1).status = ShopStatus.NEEDS_RECONNECTION
    assert page.get("/guarded", headers=bearer(token())).status_code == 200
    assert shopify.asked == 2
    with unit_of_work(wired, shop_id=1) as session:
        shop = session.get_one(Shop, 1)
        assert (shop.status, shop.generation) == (ShopStatus.ACTIVE, 1)
