"""The bounce page and the authorization-code grant: once, in one browser, for one shop, within ten minutes."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest
from sqlalchemy import select, update

from app.kit.work import unit_of_work
from app.shopify import scopes
from app.shopify.asking import gateway
from app.shopify.models import OAuthState
from app.shops.models import AccessToken, Shop
from tests.database import API_KEY, API_SECRET
from tests.shopify.test_app_home import PAIR
from tests.shopify.test_signed_query import SHOP, oauth_query

GRANTED = PAIR | {"scope": ",".join(scopes.REQUIRED)}


@pytest.fixture
def shopify(wired):
    class Shopify:
        status, body = 200, GRANTED

        def __init__(self):
            self.asked = []

        def handle(self, request):
            self.asked.append(request)
            return httpx.Response(self.status, json=self.body)

    here = Shopify()
    wired.parts["http"] = gateway.open_client(None, httpx.MockTransport(here.handle))
    return here


def begin(web):
    """Begin a grant; return the state Shopify was sent."""
    answer = web.get(f"/auth?{entry()}")
    assert answer.status_code == 302
    return parse_qs(urlsplit(answer.headers["Location"]).query)["state"][0]


def entry(**more):
    return oauth_query(secret=API_SECRET, **more)


def finish(web, state, **more):
    return web.get(f"/auth/callback?{entry(state=state, **more)}")


def test_the_bounce_page_holds_app_bridge_alone(web):
    answer = web.get(f"/auth/patch-id-token?shop={SHOP}&shopify-reload=%2Freviews%3Ftab%3D2")
    assert answer.status_code == 200
    assert f'data-api-key="{API_KEY}"' in answer.text
    assert "https://cdn.shopify.com/shopifycloud/app-bridge.js" in answer.text
    assert f"frame-ancestors https://{SHOP} " in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("shop", ["evil.io", "", f"{SHOP}.evil.io"])
def test_nobody_but_a_shop_frames_the_bounce_page(web, shop):
    answer = web.get("/auth/patch-id-token", query_string={"shop": shop, "shopify-reload": "/"})
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "back", ["//evil.io", "/\\evil.io", "https://evil.io", "evil", "javascript:alert(1)", "\\evil"]
)
def test_the_bounce_page_leads_nowhere_else(web, back):
    assert web.get("/auth/patch-id-token", query_string={"shop": SHOP, "shopify-reload": back}).status_code == 422


def test_a_grant_begins_with_what_shopify_signed(web):
    answer = web.get(f"/auth?{entry()}")
    there = urlsplit(answer.headers["Location"])
    assert f"{there.scheme}://{there.netloc}{there.path}" == f"https://{SHOP}/admin/oauth/authorize"
    asked = {name: value[0] for name, value in parse_qs(there.query).items()}
    assert asked["client_id"] == API_KEY
    assert asked["redirect_uri"] == "http://127.0.0.1:8000/auth/callback"
    assert set(asked["scope"].split(",")) == set(scopes.REQUIRED)
    assert len(asked["state"]) >= 22  # 128 random bits and more
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/auth/callback" in cookie


@pytest.mark.parametrize("query", ["", f"shop={SHOP}", f"shop={SHOP}&hmac=0", "shop=evil.io"])
def test_a_grant_begins_for_nobody_else(web, query):
    assert web.get(f"/auth?{query}").status_code == 401


def test_a_callback_connects_the_shop_and_shows_the_app_in_its_admin(web, wired, shopify):
    answer = finish(web, begin(web))
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"https://admin.shopify.com/store/kiln-and-kettle/apps/{API_KEY}"
    assert b'"code":"c0de"' in shopify.asked[0].content.replace(b": ", b":")
    with unit_of_work(wired, shop_id=1) as session:
        assert session.scalars(select(Shop.domain)).one() == SHOP
        assert session.scalars(select(AccessToken)).one().generation == 1


def test_a_callback_counts_once(web, shopify):
    state = begin(web)
    assert finish(web, state).status_code == 302
    web.set_cookie("welltimed_oauth_state", state, path="/auth/callback")
    assert finish(web, state).status_code == 401
    assert len(shopify.asked) == 1


def test_a_callback_counts_in_the_browser_that_asked(web, wired, shopify):
    state = begin(web)
    assert finish(wired.parts["flask"].test_client(), state).status_code == 401
    assert shopify.asked == []


def test_a_callback_counts_for_the_shop_that_was_asked(web, shopify):
    state = begin(web)
    assert finish(web, state, shop="other.myshopify.com").status_code == 401
    assert shopify.asked == []


def test_a_callback_counts_for_ten_minutes(web, wired, shopify):
    state = begin(web)
    with unit_of_work(wired) as session:
        session.execute(update(OAuthState).values(created_at=datetime.now(UTC) - timedelta(minutes=11)))
    assert finish(web, state).status_code == 401
    assert shopify.asked == []


def test_of_two_grants_at_once_the_browser_finishes_the_one_it_holds(web, shopify):
    first, second = begin(web), begin(web)
    assert finish(web, first).status_code == 401
    assert finish(web, second).status_code == 302


@pytest.mark.parametrize("changes", [{"state": ""}, {"state": "x" * 32}, {"code": ""}, {"code": "c" * 300}])
def test_a_callback_with_odd_fields_is_refused(web, shopify, changes):
    state = begin(web)
    assert web.get(f"/auth/callback?{entry(**({'state': state} | changes))}").status_code in {401, 422}
    assert shopify.asked == []


def test_an_unsigned_or_changed_callback_is_refused(web, shopify):
    state = begin(web)
    query = entry(state=state)
    for changed in (query.replace("c0de", "c1de"), query + "&code=other", urlencode({"state": state, "code": "c0de"})):
        assert web.get(f"/auth/callback?{changed}").status_code == 401
    assert shopify.asked == []


@pytest.mark.parametrize(
    ("status", "body", "answer"),
    [
        (400, {"error": "invalid_grant"}, 401),
        (400, {"error": "invalid_client"}, 503),
        (500, {}, 503),
        (200, {}, 503),
        (200, PAIR, 401),  # not all that is needed was granted
    ],
)
def test_a_code_that_gives_no_full_access_connects_nobody(web, wired, shopify, status, body, answer):
    shopify.status, shopify.body = status, body
    assert finish(web, begin(web)).status_code == answer
    with unit_of_work(wired) as session:
        assert session.scalars(select(Shop)).all() == []
