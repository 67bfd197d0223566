"""Token pairs as Shopify gives them, and every way of not getting one."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from app.shopify.asking import gateway
from app.shopify.entry import exchange, refresh
from app.shopify.entry.token_pair import ClientRefused, GrantRefused, StaleIdToken, TokenUnavailable, is_due
from tests.devstore_platform.conftest import DOMAIN, KEY, SECRET, id_token

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)

PAIR = {
    "access_token": "shpua_new",
    "scope": "read_orders,read_products",
    "expires_in": 3600,
    "refresh_token": "shprt_new",
    "refresh_token_expires_in": 7_776_000,
}


def answering(*answers):
    """Return a client whose requests get these (status, body) in turn, and the list of what was asked."""
    asked, left = [], list(answers)

    def handle(request):
        asked.append(request)
        status, body = left.pop(0)
        if isinstance(body, Exception):
            raise body
        return httpx.Response(status, json=body) if isinstance(body, dict | list) else httpx.Response(status, text=body)

    return gateway.open_client(None, httpx.MockTransport(handle)), asked


WAYS = {
    "exchange": lambda http: exchange.exchange_id_token(http, KEY, SECRET, DOMAIN, "id.token.text"),
    "code": lambda http: exchange.redeem_code(http, KEY, SECRET, DOMAIN, "c0de", NOW),
    "refresh": lambda http: refresh.refresh(http, KEY, SECRET, DOMAIN, ("shprt_old",)),
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_a_pair_comes_with_its_ends_and_scopes(way):
    http, asked = answering((200, PAIR))
    pair = way(http)
    assert (pair.access_token, pair.refresh_token) == ("shpua_new", "shprt_new")
    assert pair.scopes == {"read_orders", "read_products"}
    assert pair.refresh_expires_at - pair.access_expires_at == timedelta(seconds=7_776_000 - 3_600)
    assert str(asked[0].url) == f"https://{DOMAIN}/admin/oauth/access_token"
    assert "shp" not in repr(pair)


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
@pytest.mark.parametrize(
    ("status", "body", "fault"),
    [
        (400, {"error": "invalid_client"}, ClientRefused),
        (400, {"error": "something_new"}, TokenUnavailable),
        (401, "Unauthorized", TokenUnavailable),
        (302, "", TokenUnavailable),
        (200, "<html>proxy</html>", TokenUnavailable),
        (200, [], TokenUnavailable),
        (200, {}, TokenUnavailable),
        (200, PAIR | {"access_token": ""}, TokenUnavailable),
        (200, PAIR | {"access_token": 7}, TokenUnavailable),
        (200, PAIR | {"expires_in": "soon"}, TokenUnavailable),
        (200, PAIR | {"expires_in": 10**30}, TokenUnavailable),
        (200, {name: value for name, value in PAIR.items() if name != "refresh_token"}, TokenUnavailable),
        (200, PAIR | {"refresh_token": None}, TokenUnavailable),
        (429, "", TokenUnavailable),
        (0, httpx.ReadTimeout("late"), TokenUnavailable),
        (0, httpx.ConnectError("gone"), TokenUnavailable),
    ],
    ids=str,
)
def test_an_answer_that_is_no_pair_is_named(way, status, body, fault):
    http, _ = answering((status, body))
    with pytest.raises(fault) as caught:
        way(http)
    assert type(caught.value) is fault
    assert "shp" not in str(caught.value)


def test_a_server_error_is_a_matter_for_later():
    for way in WAYS.values():
        http, _ = answering(*[(503, "busy")] * 3)
        with pytest.raises(TokenUnavailable):
            way(http)


def test_a_stale_id_token_is_told_apart():
    http, _ = answering((400, {"error": "invalid_subject_token"}))
    with pytest.raises(StaleIdToken):
        exchange.exchange_id_token(http, KEY, SECRET, DOMAIN, "id.token.text")


def test_a_spent_code_is_told_apart():
    http, _ = answering((400, {"error": "invalid_grant"}))
    with pytest.raises(GrantRefused):
        exchange.redeem_code(http, KEY, SECRET, DOMAIN, "c0de", NOW)


def test_the_older_refresh_token_is_tried_where_the_newer_one_is_not_honoured():
    http, asked = answering((400, {"error": "invalid_grant"}), (200, PAIR))
    assert refresh.refresh(http, KEY, SECRET, DOMAIN, ("shprt_newer", "shprt_older")).access_token == "shpua_new"
    assert [b"newer" in asked[0].content, b"older" in asked[1].content] == [True, True]


def test_neither_refresh_token_honoured_is_the_end():
    http, _ = answering(*[(400, {"error": "invalid_grant"})] * 2)
    with pytest.raises(GrantRefused):
        refresh.refresh(http, KEY, SECRET, DOMAIN, ("shprt_newer", "shprt_older"))


def test_an_expiring_pair_is_what_is_asked_for():
    http, asked = answering((200, PAIR), (200, PAIR))
    exchange.exchange_id_token(http, KEY, SECRET, DOMAIN, "id.token.text")
    exchange.redeem_code(http, KEY, SECRET, DOMAIN, "c0de", NOW)
    assert b'"expiring":1' in asked[0].content.replace(b": ", b":")
    assert b'"expiring":"1"' in asked[1].content.replace(b": ", b":")
    assert b"offline-access-token" in asked[0].content


@pytest.mark.parametrize(("left_s", "due"), [(0, True), (299, True), (300, False), (3600, False), (-60, True)])
def test_a_token_is_renewed_with_less_than_five_minutes_left(left_s, due):
    assert is_due(NOW + timedelta(seconds=left_s), NOW) is due


def test_the_simulated_store_exchanges_and_renews(http):
    first = exchange.exchange_id_token(http, KEY, SECRET, DOMAIN, id_token())
    assert "read_orders" in first.scopes
    second = refresh.refresh(http, KEY, SECRET, DOMAIN, (first.refresh_token,))
    assert second.access_token != first.access_token
    # The reply to the renewal is lost: the old refresh token still works, and gives a third pair.
    third = refresh.refresh(http, KEY, SECRET, DOMAIN, (first.refresh_token,))
    assert third.refresh_token not in {first.refresh_token, second.refresh_token}


def test_the_simulated_store_refuses_a_stale_id_token_and_another_apps_secret(http):
    old = id_token(now=datetime.now(UTC) - timedelta(hours=1))
    with pytest.raises(StaleIdToken):
        exchange.exchange_id_token(http, KEY, SECRET, DOMAIN, old)
    with pytest.raises(ClientRefused):
        exchange.exchange_id_token(http, KEY, "wrong", DOMAIN, id_token())
    with pytest.raises(GrantRefused):
        refresh.refresh(http, KEY, SECRET, DOMAIN, ("shprt_unknown",))
