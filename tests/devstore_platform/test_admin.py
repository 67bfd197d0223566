"""The merchant's world over HTTP: install, embed, act on orders, move the clock."""

import re
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest

from devstore.platform.install import shop_by_handle
from devstore.state.engine import unit_of_work
from devstore.state.models import Clock, Faults
from devstore.world.customers import create_customer
from tests.devstore_platform.conftest import DOMAIN, KEY, SECRET, SHOP, ask, exchange, take_in, topics

ADMIN = f"/admin/{SHOP}"
APP = f"{ADMIN}/apps/welltimed"
CALLBACK = "http://127.0.0.1:8000/auth/callback"
AUTHORIZE = {"client_id": KEY, "scope": "read_orders", "redirect_uri": CALLBACK, "state": "s-1"}


def frame_address(page):
    return re.search(r'<iframe id="app"[^>]*data-src="([^"]+)"', page.text)[1].replace("&amp;", "&")


def test_the_admin_leads_to_install_until_the_app_is_there(client):
    assert client.get("/admin").location == ADMIN
    assert client.get(ADMIN).location == f"{ADMIN}/apps"
    assert client.get(APP).location == f"{ADMIN}/install"
    page = client.get(f"{ADMIN}/install").text
    assert "read_orders" in page
    assert "See orders of the last 60 days" in page
    assert "write_products" in page


def test_install_opens_the_app_signed_and_with_a_token(client):
    answer = client.post(f"{ADMIN}/install")
    assert (answer.status_code, answer.location) == (303, APP)
    address = urlsplit(frame_address(client.get(APP)))
    query = {name: values[0] for name, values in parse_qs(address.query).items()}
    assert (address.netloc, address.path, query["embedded"], query["shop"]) == ("127.0.0.1:8000", "/", "1", DOMAIN)
    claims = jwt.decode(query["id_token"], SECRET, algorithms=["HS256"], audience=KEY)
    assert claims["dest"] == f"https://{DOMAIN}"
    assert exchange(client, subject_token=query["id_token"]).status_code == 200


def test_the_signature_is_the_one_shopify_makes(installed):
    import hashlib
    import hmac

    query = parse_qs(urlsplit(frame_address(installed.get(APP))).query, strict_parsing=True)
    given = query.pop("hmac")[0]
    message = "&".join(f"{name}={values[0]}" for name, values in sorted(query.items()))
    assert given == hmac.new(SECRET.encode(), message.encode(), hashlib.sha256).hexdigest()


def test_a_deep_link_opens_the_app_at_its_path(installed):
    address = urlsplit(frame_address(installed.get(f"{APP}/flows/7?tab=mail&shop=evil.myshopify.com")))
    assert address.path == "/flows/7"
    query = parse_qs(address.query)
    assert (query["tab"], query["shop"]) == (["mail"], [DOMAIN])


def test_a_fresh_id_token_is_for_this_shop(installed):
    token = installed.post(f"{ADMIN}/id-token").text
    assert jwt.decode(token, SECRET, algorithms=["HS256"], audience=KEY)["dest"] == f"https://{DOMAIN}"
    assert abs(jwt.decode(token, SECRET, algorithms=["HS256"], audience=KEY)["iat"] - datetime.now(UTC).timestamp()) < 5


def test_uninstall_tells_the_app_and_reinstall_starts_afresh(installed):
    old = exchange(installed).json["access_token"]
    assert installed.post(f"{ADMIN}/uninstall").status_code == 303
    assert topics() == ["app/uninstalled"]
    assert ask(installed, old, "{ shop { id } }").status_code == 401
    installed.post(f"{ADMIN}/uninstall")
    assert topics() == ["app/uninstalled"]
    installed.post(f"{ADMIN}/redact")
    assert topics() == ["app/uninstalled", "shop/redact"]
    installed.post(f"{ADMIN}/install")
    assert ask(installed, old, "{ shop { id } }").status_code == 401
    assert ask(installed, exchange(installed).json["access_token"], "{ shop { id } }").status_code == 200


def test_scopes_are_granted_once_and_announced(installed):
    answer = installed.post(f"{ADMIN}/scopes.json", json={"grant": ["write_products"]})
    assert "write_products" in answer.json["granted"]
    installed.post(f"{ADMIN}/scopes.json", json={"grant": ["write_products"]})
    assert topics() == ["app/scopes_update"]
    assert (
        "write_products"
        not in installed.post(f"{ADMIN}/scopes.json", json={"revoke": ["write_products"]}).json["granted"]
    )
    assert topics() == ["app/scopes_update"] * 2


@pytest.mark.parametrize("body", [{"grant": ["write_themes"]}, {"revoke": ["read_orders"]}])
def test_scopes_outside_the_configuration_stay_as_they_are(installed, body):
    answer = installed.post(f"{ADMIN}/scopes.json", json=body)
    assert answer.status_code == 422
    assert answer.json["error"]["message"]
    assert topics() == []


def test_the_code_grant_gives_a_code_that_works_once(client):
    page = client.get("/admin/oauth/authorize", query_string=AUTHORIZE | {"shop": DOMAIN})
    assert "See orders of the last 60 days" in page.text
    back = urlsplit(client.post("/admin/oauth/authorize", query_string=AUTHORIZE | {"shop": DOMAIN}).location)
    query = {name: values[0] for name, values in parse_qs(back.query).items()}
    assert f"{back.scheme}://{back.netloc}{back.path}" == CALLBACK
    assert (query["state"], query["shop"]) == ("s-1", DOMAIN)
    body = {"client_id": KEY, "client_secret": SECRET, "code": query["code"], "expiring": "1"}
    first = client.post("/admin/oauth/access_token", json=body, base_url=f"http://{DOMAIN}")
    assert first.json["refresh_token"].startswith("shprt_")
    again = client.post("/admin/oauth/access_token", json=body, base_url=f"http://{DOMAIN}")
    assert (again.status_code, again.json["error"]) == (400, "invalid_grant")


@pytest.mark.parametrize(
    "change",
    [{"client_id": "other"}, {"redirect_uri": "https://evil.example.com/auth/callback"}, {"scope": "write_everything"}],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_grant_that_does_not_hold_never_leads_to_the_app(client, change, method):
    answer = client.open("/admin/oauth/authorize", method=method, query_string=AUTHORIZE | {"shop": DOMAIN} | change)
    assert answer.status_code == 400
    assert answer.location is None


@pytest.mark.parametrize(
    "path",
    [
        *("orders/999", "orders/" + "9" * 30, "customers/1", "products/1", "products/" + "9" * 30, "settings/general"),
        *("themes/current/editor", "apps/other", "orders?page=x&q=%00"),
    ],
)
def test_a_page_that_is_not_there_says_so(installed, path):
    assert installed.get(f"{ADMIN}/{path}").status_code in {200, 404} if "?" in path else True
    if "?" not in path:
        assert installed.get(f"{ADMIN}/{path}").status_code == 404


def test_no_shop_no_page(client):
    assert client.get("/admin/nobody").status_code == 404
    assert client.get("/admin/nobody/orders").status_code == 404


def test_every_page_says_what_it_may_load(installed):
    policy = installed.get(APP).headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "frame-src http://127.0.0.1:8000" in policy


def test_faults_are_set_and_healed(installed):
    for fault in ("lose", "copies", "shuffle"):
        assert installed.post(f"{ADMIN}/faults", data={"fault": fault}).status_code == 303
    assert installed.get(f"{ADMIN}/strip.json").json["faults"] == {"lose": True, "copies": True, "shuffle": True}
    with unit_of_work() as session:
        faults = session.get_one(Faults, 1)
        assert (faults.lose, faults.copies) == (0.2, 3)
    installed.post(f"{ADMIN}/faults", data={"fault": "heal"})
    assert not any(installed.get(f"{ADMIN}/strip.json").json["faults"].values())


def test_a_button_leads_back_to_its_page_and_nowhere_else(installed):
    there = installed.post(f"{ADMIN}/faults", data={"fault": "heal", "back": f"{ADMIN}/orders"})
    assert there.location == f"{ADMIN}/orders"
    away = installed.post(f"{ADMIN}/faults", data={"fault": "heal", "back": "//evil.example.com"})
    assert away.location == ADMIN


def test_the_six_things_tick_by_facts(client):
    def ticks():
        return [thing["done"] for thing in client.get(f"{ADMIN}/strip.json").json["things"]]

    assert ticks() == [False] * 6
    client.post(f"{ADMIN}/install")
    assert ticks() == [True, False, False, False, False, False]


def test_what_one_shop_did_ticks_nothing_in_the_other(installed):
    def ticks(handle):
        return [thing["done"] for thing in installed.get(f"/admin/{handle}/strip.json").json["things"]]

    take_in("<1@example.com>", subject="Test: Thank you")
    assert ticks(SHOP) == [True, False, False, False, False, False]
    take_in("<2@example.com>")
    with unit_of_work() as session:
        session.get_one(Clock, 1).offset_seconds = 8 * 24 * 3600
    assert ticks(SHOP) == [True, True, False, False, True, False]
    assert ticks("fernside-tea") == [False] * 6


def test_a_mail_sent_before_the_shop_was_renamed_is_still_its_own(installed):
    with unit_of_work() as session:
        create_customer(session, shop_by_handle(session, SHOP), {"email": "a@example.com"})
    take_in("<1@example.com>", sender='"Kiln, the shop" <f@example.com>')
    things = {handle: installed.get(f"/admin/{handle}/strip.json").json["things"] for handle in (SHOP, "fernside-tea")}
    assert [things[handle][1]["done"] for handle in things] == [True, False]


def test_the_client_id_stands_for_the_handle(installed):
    answer = installed.get(f"{ADMIN}/apps/{KEY}/flows/7?tab=mail")
    assert answer.location == f"{APP}/flows/7?tab=mail"


def test_unapproved_data_can_be_tried(installed):
    token = exchange(installed).json["access_token"]
    assert "Protected customer data" in installed.get(f"{ADMIN}/apps").text
    installed.post(f"{ADMIN}/protected-data", data={"level": "0"})
    assert ask(installed, token, "{ orders(first: 1) { nodes { id } } }").json["data"] is None
    installed.post(f"{ADMIN}/protected-data", data={"level": "many"})
    installed.post(f"{ADMIN}/protected-data", data={"level": "2"})
    assert ask(installed, token, "{ orders(first: 1) { nodes { id } } }").json["data"] == {"orders": {"nodes": []}}


def test_the_demo_day_follows_the_calendar(installed):
    def day():
        return installed.get(f"{ADMIN}/strip.json").json["day"]

    assert day() == 1
    with unit_of_work() as session:
        session.get_one(Clock, 1).offset_seconds = 24 * 3600
    assert day() == 2


def test_every_page_of_the_admin_brings_its_icon_a_refusal_too(installed):
    answers = [
        installed.get(f"{ADMIN}/orders"),
        installed.get(f"{ADMIN}/nowhere"),
        installed.get("/admin/oauth/authorize", query_string=AUTHORIZE | {"shop": DOMAIN, "client_id": "another"}),
    ]
    for answer in answers:
        (icon,) = re.findall(r'<link rel="icon" href="([^"]+)"', answer.text)
        with installed.get(icon) as found:
            assert (found.status_code, found.mimetype) == (200, "image/svg+xml")
