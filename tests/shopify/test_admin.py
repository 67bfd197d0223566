"""The Admin API asked: data kept when parts are refused, faults by their type, waiting only where allowed."""

import json

import httpx
import pytest

from app.shopify.asking import gateway
from app.shopify.asking.admin import AdminClient
from app.shopify.asking.admin_faults import (
    AccessDenied,
    AdminFault,
    Rejected,
    ShopClosed,
    Throttled,
    TokenRefused,
    Unreachable,
    UserErrors,
)
from app.shopify.asking.pace import Pace
from tests.devstore_platform.conftest import DOMAIN

THROTTLED = {
    "errors": [{"message": "Throttled", "extensions": {"code": "THROTTLED"}}],
    "extensions": {
        "cost": {
            "requestedQueryCost": 500,
            "actualQueryCost": None,
            "throttleStatus": {"maximumAvailable": 2000.0, "currentlyAvailable": 100, "restoreRate": 100.0},
        }
    },
}
SHOP = {"data": {"shop": {"name": "Kiln & Kettle"}}}


def asking(*answers, patience_s=0.0):
    """Return a client whose requests get these (status, body) in turn, what it slept, and what it asked."""
    left, slept, asked = list(answers), [], []

    def handle(request):
        asked.append(request)
        status, body = left.pop(0)
        if isinstance(body, Exception):
            raise body
        return httpx.Response(status, json=body) if isinstance(body, dict | list) else httpx.Response(status, text=body)

    http = gateway.open_client(None, httpx.MockTransport(handle))
    return AdminClient(http, DOMAIN, "shpua_secret", patience_s, slept.append), slept, asked


def denied(*path):
    return {"message": "not approved", "path": list(path), "extensions": {"code": "ACCESS_DENIED"}}


def test_a_document_is_asked_with_the_shops_own_token():
    client, _, asked = asking((200, SHOP))
    assert client.ask("product", id="gid://shopify/Product/1").data == SHOP["data"]
    (request,) = asked
    assert str(request.url) == f"https://{DOMAIN}/admin/api/2026-10/graphql.json"
    assert request.headers["X-Shopify-Access-Token"] == "shpua_secret"
    sent = json.loads(request.content)
    assert sent["variables"] == {"id": "gid://shopify/Product/1"}
    assert "fragment ProductFields" in sent["query"]
    assert "shpua" not in repr(client)


@pytest.mark.parametrize(
    ("status", "body", "fault"),
    [
        (401, {"errors": "[API] Invalid API key or access token"}, TokenRefused),
        (403, {"errors": "scope"}, AccessDenied),
        (402, "Payment Required", ShopClosed),
        (404, "Not Found", ShopClosed),
        (423, "Locked", ShopClosed),
        (400, {"errors": "query missing"}, Rejected),
        (429, "", Throttled),
        (200, THROTTLED, Throttled),
        (500, "oops", Unreachable),
        (502, "<html>bad gateway</html>", Unreachable),
        (301, "", Unreachable),
        (200, "<html>password page</html>", Unreachable),
        (200, [], Unreachable),
        (200, {"data": []}, Unreachable),
        (200, {"errors": {"a": 1}}, Unreachable),
        (200, {}, Rejected),
        (200, {"errors": [{"message": "Field 'x' doesn't exist"}]}, Rejected),
        (200, {"errors": [{"message": "m", "extensions": {"code": "MAX_COST_EXCEEDED"}}]}, Rejected),
        (200, {"data": None, "errors": [{"extensions": {"code": "INTERNAL_SERVER_ERROR"}}]}, Unreachable),
        (200, {"data": {"order": None}, "errors": [{"extensions": {"code": "TIMEOUT"}}]}, Unreachable),
        (200, {"data": {"order": {}}, "errors": [{"message": "odd", "path": ["order", "x"]}]}, Rejected),
        (200, {"data": None, "errors": [denied("order")]}, AccessDenied),
        (200, {"data": {"order": None}, "errors": [denied("order")]}, AccessDenied),
        (0, httpx.ReadTimeout("late"), Unreachable),
        (0, httpx.ConnectError("gone"), Unreachable),
    ],
    ids=str,
)
def test_what_goes_wrong_has_its_own_type(status, body, fault):
    client, slept, _ = asking((status, body))
    with pytest.raises(AdminFault) as caught:
        client.ask("shop")
    assert type(caught.value) is fault
    assert "shpua" not in str(caught.value)
    assert slept == []


def test_what_is_simply_not_there_is_no_fault():
    client, _, _ = asking((200, {"data": {"order": None}}))
    reply = client.ask("order", id="gid://shopify/Order/1")
    assert reply.data == {"order": None}
    assert not reply.denied


def test_data_is_kept_and_what_was_denied_is_named():
    body = {
        "data": {"orders": {"nodes": [{"email": None}, {"email": None, "customer": {"firstName": None}}]}},
        "errors": [denied("orders", "nodes", 1, "email"), denied("orders", "nodes", 1, "customer", "firstName")],
    }
    client, _, _ = asking((200, body))
    reply = client.ask("orders_updated", query="")
    assert reply.denied_below("orders", "nodes", 0) == frozenset()
    assert reply.denied_below("orders", "nodes", 1) == {"email", "customer.firstName"}


def test_a_worker_waits_until_the_budget_has_refilled():
    client, slept, asked = asking((200, THROTTLED), (200, SHOP), patience_s=30)
    assert client.ask("shop").data == SHOP["data"]
    assert slept == [4.0]  # 500 asked, 100 there, 100 a second
    assert len(asked) == 2


def test_a_worker_waits_no_longer_than_its_patience():
    client, slept, _ = asking(*[(200, THROTTLED)] * 10, patience_s=9)
    with pytest.raises(Throttled) as caught:
        client.ask("shop")
    assert slept == [4.0, 4.0]
    assert caught.value.retry_after_s == 4.0


def test_a_web_request_never_waits():
    client, slept, _ = asking((200, THROTTLED))
    with pytest.raises(Throttled):
        client.ask("shop")
    assert slept == []


@pytest.mark.parametrize(
    "cost", [None, {}, {"requestedQueryCost": 10}, {"throttleStatus": {"restoreRate": 0}, "requestedQueryCost": 5}]
)
def test_a_throttled_answer_without_figures_waits_a_second(cost):
    client, slept, _ = asking((200, THROTTLED | {"extensions": {"cost": cost}}), (200, SHOP), patience_s=5)
    client.ask("shop")
    assert slept == [1.0]


def test_what_shopify_would_not_do_is_said_by_code():
    error = {"field": ["metafields", "0"], "message": "canary@example.com is taken", "code": "TAKEN"}
    client, _, _ = asking((200, {"data": {"metafieldsSet": {"metafields": None, "userErrors": [error]}}}))
    with pytest.raises(UserErrors) as caught:
        client.change("metafields_set", metafields=[])
    assert caught.value.codes == {"TAKEN"}
    assert caught.value.errors[0].field == ("metafields", "0")
    assert "canary" not in str(caught.value)


def test_a_change_gives_its_payload():
    client, _, _ = asking((200, {"data": {"metaobjectDelete": {"deletedId": "gid://x", "userErrors": []}}}))
    assert client.change("metaobject_delete", id="gid://x")["deletedId"] == "gid://x"


def test_a_change_without_an_answer_may_or_may_not_have_been_made():
    client, _, _ = asking((200, {"data": {"metaobjectDelete": None}}))
    with pytest.raises(Unreachable):
        client.change("metaobject_delete", id="gid://x")


def test_the_simulated_store_answers(admin):
    assert admin.ask("shop").data["shop"]["myshopifyDomain"] == DOMAIN
    admin.token = "shpua_unknown"
    with pytest.raises(TokenRefused):
        admin.ask("shop")


class Spent:
    """A bucket too empty for one request, and full once somebody has waited."""

    rate, capacity, level = 100.0, 2000.0, 0.0

    def __init__(self, slept):
        self.slept = slept

    def take(self, points, _now):
        self.level = points - 300.0 if not self.slept else 2000.0
        return bool(self.slept)

    def give_back(self, _points, _now):
        return self.level


def test_the_simulated_stores_budget_is_waited_for(admin, monkeypatch):
    slept = []
    admin.patience_s, admin.sleep = 30.0, slept.append
    monkeypatch.setattr("devstore.platform.admin_api.route.bucket_of", lambda *_: Spent(slept))
    assert admin.ask("orders_updated", query="").data["orders"]["nodes"] == []
    assert slept == [3.0]


def test_work_that_others_wait_behind_waits_for_no_rate_limit_and_a_second_for_an_answer():
    client, slept, asked = asking((200, THROTTLED), (200, SHOP), patience_s=30)
    client.pace = Pace()
    with pytest.raises(Throttled):
        client.ask("shop")
    assert slept == []
    client.ask("shop")
    assert {request.extensions["timeout"]["read"] for request in asked} == {1.0}
    assert client.pace.asked_s > 0
