"""Both ways in, walked with the simulated store from its first redirect to its Admin API's answer."""

import time
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
from flask import Blueprint, g

from app import wiring
from app.kit.work import unit_of_work
from app.shopify.asking import fetch
from app.shopify.entry import app_home
from devstore.platform.sign import mint_id_token, sign_query
from tests.database import API_KEY, API_SECRET
from tests.devstore_platform.conftest import DOMAIN, SHOP, forget


@pytest.fixture
def shops(wired, http, monkeypatch):
    """The wired app and the simulated store, knowing each other."""
    monkeypatch.setenv("SHOPIFY_API_KEY", API_KEY)
    monkeypatch.setenv("SHOPIFY_API_SECRET", API_SECRET)
    forget()
    wired.parts["http"] = http
    return wired


def asks_the_store(runtime, shop_id):
    with unit_of_work(runtime, shop_id=shop_id) as session:
        return fetch.shop(runtime.parts["admin"](session, shop_id)).domain


def test_a_merchant_opens_the_app_in_the_admin(shops):
    blueprint = Blueprint("guarded", __name__)
    app_home.guard(blueprint)
    blueprint.get("/guarded")(lambda: str(g.shop_id))
    shops.parts["flask"] = wiring.make_flask()
    shops.parts["flask"].register_blueprint(blueprint)
    token = mint_id_token(
        shop_domain=DOMAIN,
        client_id=API_KEY,
        secret=API_SECRET,
        user_id="7",
        session_id="s1",
        now=datetime.now(UTC),
    )
    query = sign_query(
        {"embedded": "1", "id_token": token, "locale": "en", "shop": DOMAIN, "timestamp": str(int(time.time()))},
        API_SECRET,
    )
    answer = shops.parts["flask"].test_client().get(f"/guarded?{query}")
    assert answer.status_code == 200
    assert asks_the_store(shops, int(answer.text)) == DOMAIN


def test_a_shop_comes_through_the_authorization_code_grant(shops, store_app):
    web = shops.parts["flask"].test_client()
    entry = sign_query({"shop": DOMAIN, "timestamp": str(int(time.time()))}, API_SECRET)
    asked = urlsplit(web.get(f"/auth?{entry}").headers["Location"])
    consent = store_app.test_client().post(f"{asked.path}?{asked.query}", base_url=f"http://{asked.netloc}")
    assert consent.status_code == 303
    back = urlsplit(consent.headers["Location"])
    assert f"{back.scheme}://{back.netloc}{back.path}" == "http://127.0.0.1:8000/auth/callback"
    landed = web.get(f"{back.path}?{back.query}")
    assert landed.headers["Location"] == f"https://admin.shopify.com/store/{SHOP}/apps/{API_KEY}"
    assert asks_the_store(shops, 1) == DOMAIN
