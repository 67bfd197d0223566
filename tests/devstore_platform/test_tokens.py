"""What an app meets at /admin/oauth/access_token, seen over HTTP."""

from datetime import UTC, datetime, timedelta

import jwt
import pytest
from sqlalchemy import update

from devstore.platform.announce import uninstall_app
from devstore.platform.install import shop_by_handle
from devstore.platform.tables import Token
from devstore.state.engine import unit_of_work
from tests.devstore_platform.conftest import DOMAIN, KEY, SECRET, SHOP, ask, exchange, id_token, refresh


def test_an_id_token_carries_shopifys_claims_for_sixty_seconds():
    claims = jwt.decode(id_token(), SECRET, algorithms=["HS256"], audience=KEY)
    assert claims["iss"] == f"https://{DOMAIN}/admin"
    assert claims["dest"] == f"https://{DOMAIN}"
    assert claims["exp"] - claims["iat"] == 60
    assert set(claims) == {"iss", "dest", "aud", "sub", "exp", "nbf", "iat", "jti", "sid", "sig"}


def test_an_id_token_becomes_an_expiring_pair(installed):
    answer = exchange(installed)
    assert answer.status_code == 200
    body = answer.json
    assert body["access_token"].startswith("shpat_")
    assert body["refresh_token"].startswith("shprt_")
    assert (body["expires_in"], body["refresh_token_expires_in"]) == (3600, 7776000)
    assert "read_orders" in body["scope"].split(",")
    assert "write_products" not in body["scope"]
    assert ask(installed, body["access_token"], "{ shop { myshopifyDomain } }").json["data"]["shop"] == {
        "myshopifyDomain": DOMAIN
    }


def test_an_online_token_names_its_user(installed):
    body = exchange(installed, requested_token_type="urn:shopify:params:oauth:token-type:online-access-token").json
    assert body["associated_user"]["email"] == f"owner@{SHOP}.example.com"
    assert body["associated_user"]["account_owner"] is True
    assert "refresh_token" not in body


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"client_secret": "wrong"}, "invalid_client"),
        ({"client_id": "wrong"}, "invalid_client"),
        ({"subject_token": "a.b.c"}, "invalid_subject_token"),
        ({"subject_token": id_token(secret="other")}, "invalid_subject_token"),
        ({"subject_token": id_token(client_id="other")}, "invalid_subject_token"),
        ({"subject_token": id_token(shop_domain="fernside-tea.myshopify.com")}, "invalid_subject_token"),
        ({"subject_token": id_token(now=datetime(2026, 1, 1, tzinfo=UTC))}, "invalid_subject_token"),
        ({"requested_token_type": "gold"}, "invalid_request"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
    ],
)
def test_a_bad_exchange_names_its_fault(installed, changes, error):
    answer = exchange(installed, **changes)
    assert (answer.status_code, answer.json["error"]) == (400, error)


def test_a_shop_without_the_app_gives_no_token(client):
    assert exchange(client).json["error"] == "invalid_client"


def test_an_address_without_a_shop_gives_no_token(installed):
    assert exchange(installed, base="http://nobody.myshopify.com").json["error"] == "invalid_client"
    assert exchange(installed, base="http://localhost").json["error"] == "invalid_client"


def test_a_body_that_is_no_object_is_refused(installed):
    answer = installed.post("/admin/oauth/access_token", data="[1", base_url=f"http://{DOMAIN}")
    assert answer.status_code == 400


def test_a_refresh_gives_a_new_pair_and_the_old_token_still_recovers_a_lost_answer(installed):
    first = exchange(installed).json
    second = refresh(installed, first["refresh_token"])
    assert second.status_code == 200
    assert second.json["refresh_token"] != first["refresh_token"]
    assert refresh(installed, first["refresh_token"]).status_code == 200


def test_using_the_replacement_retires_the_old_token(installed):
    first = exchange(installed).json
    second = refresh(installed, first["refresh_token"]).json
    third = refresh(installed, second["refresh_token"])
    assert third.status_code == 200
    stale = refresh(installed, first["refresh_token"])
    assert (stale.status_code, stale.json["error"]) == (400, "invalid_grant")


def test_a_retry_ends_thirty_days_after_the_first_use(installed):
    first = exchange(installed).json
    assert refresh(installed, first["refresh_token"]).status_code == 200
    with unit_of_work() as session:
        long_ago = datetime.now(UTC) - timedelta(days=31)
        session.execute(
            update(Token).where(Token.refresh_token == first["refresh_token"]).values(first_refresh_at=long_ago)
        )
    assert refresh(installed, first["refresh_token"]).json["error"] == "invalid_grant"


def test_an_unknown_refresh_token_and_another_shops_are_refused(installed):
    assert refresh(installed, "shprt_nope").json["error"] == "invalid_grant"
    assert refresh(installed, "").json["error"] == "invalid_grant"


def test_an_access_token_dies_after_an_hour(installed):
    token = exchange(installed).json["access_token"]
    with unit_of_work() as session:
        session.execute(update(Token).values(access_expires_at=datetime.now(UTC) - timedelta(seconds=1)))
    assert ask(installed, token, "{ shop { id } }").status_code == 401


def test_uninstalling_ends_every_token(installed):
    pair = exchange(installed).json
    with unit_of_work() as session:
        uninstall_app(session, shop_by_handle(session, SHOP))
    assert ask(installed, pair["access_token"], "{ shop { id } }").status_code == 401
    assert refresh(installed, pair["refresh_token"]).json["error"] == "invalid_client"


def test_a_token_opens_one_shop_only(installed):
    token = exchange(installed).json["access_token"]
    assert ask(installed, token, "{ shop { id } }", base="http://fernside-tea.myshopify.com").status_code == 401
    assert ask(installed, "shpat_nope", "{ shop { id } }").status_code == 401


def test_a_token_that_never_expires_is_turned_away(installed):
    token = exchange(installed, expiring=0).json
    assert "expires_in" not in token
    assert ask(installed, token["access_token"], "{ shop { id } }").status_code == 403
