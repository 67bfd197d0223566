"""What Shopify's deliveries are answered, and what is kept of them: alike by the plain route and by the hot path."""

import io
import threading
import zlib
from datetime import UTC, datetime

import psycopg
import pytest

from app import wiring
from app.kit import runtime
from app.shopify.models import WebhookInbox
from app.shopify.payloads.strict_json import WEBHOOK_MAX_BYTES
from tests.database import make_config
from tests.hot.deliveries import DOMAIN, delivery, kept, signed

pytestmark = pytest.mark.usefixtures("by_both_doors")
OLD_SECRET = "an-older-secret-0123456789-abcdef"


@pytest.fixture(scope="module")
def there(cluster, migrated, redis_url):
    """One app for all tests here."""
    url = cluster.create_database(template=migrated)
    app = wiring.create_app(make_config(url, redis_url))
    here = runtime.current()
    here.parts["flask"] = app
    yield here
    here.engines.dispose()
    cluster.drop_database(url)


@pytest.fixture
def wired(cluster, there):
    """The one app, with an empty inbox."""
    with psycopg.connect(cluster.superuser_url(there.engines.app.url.database)) as connection:
        connection.execute("delete from webhook_inbox")
    runtime.install(there)
    return there


def test_a_delivery_is_kept_before_it_is_answered(wired, web):
    told = delivery('{"note": "zoë"}'.encode())
    answer = web.post("/webhooks", **told)
    assert (answer.status, answer.data) == ("200 OK", b"")
    assert dict(answer.headers) == {"Content-Type": "text/plain; charset=utf-8", "Content-Length": "0"}
    assert kept(
        wired,
        WebhookInbox.shop_domain,
        WebhookInbox.topic,
        WebhookInbox.webhook_id,
        WebhookInbox.event_id,
        WebhookInbox.triggered_at,
        WebhookInbox.state,
        WebhookInbox.attempts,
    ) == [
        (
            DOMAIN,
            "orders/paid",
            told["headers"]["X-Shopify-Webhook-Id"],
            "event-1",
            datetime(2026, 10, 12, 6, 30, 0, 123456, tzinfo=UTC),
            "received",
            0,
        )
    ]
    assert zlib.decompress(kept(wired, WebhookInbox.body)[0][0]) == told["data"]


def test_the_inbox_worker_is_woken(wired, web, monkeypatch):
    rung = threading.Event()
    monkeypatch.setattr(wired.doorbell, "ring", lambda queue: rung.set() if queue == "inbox" else None)
    web.post("/webhooks", **delivery())
    assert rung.wait(2)


def test_a_copy_is_answered_and_kept_once(wired, web):
    told = delivery()
    assert [web.post("/webhooks", **told).status_code for _ in range(3)] == [200] * 3
    assert len(kept(wired)) == 1


def test_a_delivery_without_an_id_is_known_by_its_body(wired, web):
    for body in (b"{}", b"{}", b"[]"):
        assert web.post("/webhooks", **delivery(body, webhook_id=None)).status_code == 200
    assert len(kept(wired)) == 2


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"hmac_sha256": None}, 401, "unauthorized"),
        ({"hmac_sha256": ""}, 401, "unauthorized"),
        ({"hmac_sha256": signed(b"another body")}, 401, "unauthorized"),
        ({"hmac_sha256": signed(b'{"id": 1}', "another secret")}, 401, "unauthorized"),
        ({"hmac_sha256": "zoë\xff"}, 401, "unauthorized"),
        ({"shop_domain": None}, 422, "invalid"),
        ({"shop_domain": "kiln.example.com"}, 422, "invalid"),
        ({"shop_domain": f"{DOMAIN}.evil.example"}, 422, "invalid"),
        ({"topic": None}, 422, "invalid"),
        ({"topic": ""}, 422, "invalid"),
    ],
)
def test_what_cannot_be_believed_is_refused_and_not_kept(wired, web, changes, status, code):
    answer = web.post("/webhooks", **delivery(**changes))
    assert (answer.status_code, answer.json["error"]["code"]) == (status, code)
    assert kept(wired) == []


@pytest.mark.parametrize(
    ("changes", "column", "value"),
    [
        ({"triggered_at": "not a date"}, WebhookInbox.triggered_at, None),
        ({"triggered_at": "9999-12-31T23:59:59-23:00"}, WebhookInbox.triggered_at, None),
        ({"triggered_at": None}, WebhookInbox.triggered_at, None),
        ({"webhook_id": "x" * 3_000}, WebhookInbox.webhook_id, "x" * 255),
        ({"event_id": None}, WebhookInbox.event_id, None),
        ({"event_id": "\xff\x7f"}, WebhookInbox.event_id, "\xff\x7f"),
        ({"shop_domain": DOMAIN.upper()}, WebhookInbox.shop_domain, DOMAIN),
        ({"topic": "orders/unheard_of"}, WebhookInbox.topic, "orders/unheard_of"),
    ],
)
def test_odd_headers_are_kept_as_far_as_they_can_be(wired, web, changes, column, value):
    assert web.post("/webhooks", **delivery(**changes)).status_code == 200
    assert kept(wired, column) == [(value,)]


def test_too_large_a_body_is_refused_unread(wired, web):
    long = {"CONTENT_LENGTH": str(WEBHOOK_MAX_BYTES + 1)}
    assert web.open("/webhooks", method="POST", **delivery(), environ_overrides=long).status_code == 413
    assert kept(wired) == []


@pytest.mark.parametrize("length", ["", "x", "-1", "9" * 5_000, "٣"])
def test_a_length_that_is_none_is_no_fault_of_ours(web, length):
    told = delivery()
    answer = web.open("/webhooks", method="POST", **told, environ_overrides={"CONTENT_LENGTH": length})
    assert 400 <= answer.status_code < 500


def test_a_body_cut_short_is_not_kept(wired, web):
    told = delivery(b'{"id": 123456789}')
    cut = {"CONTENT_LENGTH": str(len(told["data"]) + 5), "wsgi.input": io.BytesIO(told["data"])}
    answer = web.open("/webhooks", method="POST", headers=told["headers"], environ_overrides=cut)
    assert 400 <= answer.status_code < 500
    assert kept(wired) == []


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/webhooks", 405), ("POST", "/webhooks/", 404)])
def test_only_the_one_address_and_method_take_deliveries(wired, web, method, path, status):
    assert web.open(path, method=method, **delivery()).status_code == status
    assert kept(wired) == []


def test_both_secrets_of_a_rotation_are_believed(wired, redis_url, by_both_doors):
    url = wired.engines.app.url.render_as_string(hide_password=False)
    app = wiring.create_app(make_config(url, redis_url, SHOPIFY_API_SECRET_OLD=OLD_SECRET))
    here = runtime.current()
    if by_both_doors == "hot":
        wiring.put_hot_paths_in_front(app)
    web = app.test_client()
    body = b'{"id": 1}'
    assert web.post("/webhooks", **delivery(body)).status_code == 200
    assert web.post("/webhooks", **delivery(body, hmac_sha256=signed(body, OLD_SECRET))).status_code == 200
    assert len(kept(here)) == 2
    here.engines.dispose()
