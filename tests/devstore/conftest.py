"""A seeded dev store of its own for every test, and an app that takes webhooks."""

import base64
import hashlib
import hmac
import http.server
import json
import threading
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from devstore.app import create_app
from devstore.config import settings
from devstore.mail.listen import Envelope
from devstore.mail.load import write_mails
from devstore.mail.log import line_of, read_line
from devstore.seed.plant import plant
from devstore.state.engine import create_tables, engine, unit_of_work
from devstore.state.models import Shop, WebhookDelivery
from devstore.webhooks import announce

ROOT = Path(__file__).parents[2]
SECRET = "hush-hush-hush-hush-hush-hush-hush"
SHOP = "kiln-and-kettle"


def forget():
    if engine.cache_info().currsize:
        engine().dispose()
    for cached in (engine, settings, announce._watch):
        cached.cache_clear()


def point_at(patch, url, folder, **more):
    known = {
        "DEVSTORE_DATABASE_URL": url,
        "DEVSTORE_PORT": "9000",
        "DEVSTORE_SMTP_PORT": "0",
        "DEVSTORE_SINK_LOG": str(folder / "sink.jsonl"),
        "DEVSTORE_RETRY_SECONDS": "240",
        "APP_URL": "http://127.0.0.1:1",
        "SHOPIFY_API_KEY": "0123456789abcdef0123456789abcdef",
        "SHOPIFY_API_SECRET": SECRET,
        "DEVSTORE_APP_FOLDER": str(ROOT),
    }
    for name, value in (known | more).items():
        patch.setenv(name, value)
    forget()


@pytest.fixture(scope="session")
def seeded(cluster, tmp_path_factory):
    """The name of a database with both demo shops, to be copied."""
    url = cluster.create_database(owner="devstore")
    with pytest.MonkeyPatch.context() as patch:
        point_at(patch, url, tmp_path_factory.mktemp("seed"))
        create_tables()
        assert plant()
    forget()
    return urlsplit(url).path.lstrip("/")


@pytest.fixture
def app(free_app):
    """The receiving end: `app.got` holds what came, `app.answer` the status it gives."""
    return free_app


@pytest.fixture(scope="session")
def web():
    """The web application; it reads its variables at each request."""
    return create_app()


@pytest.fixture
def store(cluster, seeded, monkeypatch, tmp_path, free_app, web):
    """A client of a dev store whose demo shop has the app installed."""
    url = cluster.create_database(template=seeded, owner="devstore")
    point_at(monkeypatch, url, tmp_path, APP_URL=free_app.url)
    with unit_of_work() as session:
        shop = session.query(Shop).filter_by(handle=SHOP).one()
        shop.installed = True
    yield web.test_client()
    forget()
    cluster.drop_database(url)


class App:
    """A small web server that keeps webhooks and answers /readyz."""

    def __init__(self):
        self.got, self.answer, self.ready = [], 200, {}
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.got.append((dict(self.headers), body))
                self.send_response(outer.answer)
                self.send_header("Content-Length", "0")
                if 300 <= outer.answer < 400:
                    self.send_header("Location", "/elsewhere")
                self.end_headers()

            def do_GET(self):
                ready = outer.ready() if callable(outer.ready) else outer.ready
                body = json.dumps(ready).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02})
        self.thread.start()

    def close(self):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def free_app():
    made = App()
    yield made
    made.close()


def signature(body):
    return base64.b64encode(hmac.new(SECRET.encode(), body, hashlib.sha256).digest()).decode()


def announced(topic=None):
    """What has been queued for the app: (topic, body) in order."""
    with unit_of_work(announce=False) as session:
        rows = session.query(WebhookDelivery).order_by(WebhookDelivery.id).all()
        return [(row.topic, json.loads(row.payload)) for row in rows if topic in {None, row.topic}]


def topics():
    return [topic for topic, _ in announced()]


def forget_announced():
    with unit_of_work(announce=False) as session:
        session.query(WebhookDelivery).delete()


def buy(store, *lines, **more):
    """Place an order and return its body."""
    wanted = [{"variant": key, "quantity": quantity} for key, quantity in lines or [("harbour-kettle", 1)]]
    facts = {"email": "zoe@example.com", "lines": wanted} | more
    if "customer" in more:
        del facts["email"]
    answer = store.post("/api/orders", json=facts)
    assert answer.status_code == 201, answer.json
    return answer.json


def ship(store, order, **more):
    answer = store.post(f"/api/orders/{order['id']}/fulfillments", json=more)
    assert answer.status_code == 201, answer.json
    return answer.json


def keep_mail(raw, *recipients):
    """Put a mail into the inbox as if it had come by SMTP."""
    fact = read_line(line_of(Envelope(1, "hello@example.com", list(recipients), raw), datetime.now(UTC)))
    with unit_of_work() as session:
        write_mails(session, [fact])
