"""A shop with its flows started, a scripted mail server, and a hand on the inbox and the drain."""

import base64
import hashlib
import hmac
import json
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from sqlalchemy import update

from app.channels.smtp.address import parse
from app.channels.smtp.connection import Deadlines
from app.channels.smtp.phases import SmtpSender
from app.flows.models import Flow, FlowState
from app.flows.sending import drain
from app.kit.clock import real_now
from app.kit.work import unit_of_work
from app.shopify.webhooks import apply
from app.shops.install import ensure_installed
from app.shops.models import ShopProfile
from tests.channels.scripted_server import ScriptedServer
from tests.database import API_SECRET
from tests.journeys.real_processes import machine

SHOP = "kiln-and-kettle.myshopify.com"


class Shop:
    """Drive one installed shop through the app's own doors."""

    def __init__(self, wired, web, sink):
        self.wired, self.web, self.sink = wired, web, sink
        with self.work() as session:
            self.id = ensure_installed(session, SHOP).id
            session.add(
                ShopProfile(
                    shop_id=self.id,
                    shopify_id=548380009,
                    name="Kiln & Kettle",
                    contact_email="hello@kiln.example.com",
                    timezone="Europe/London",
                    currency="GBP",
                    country="GB",
                    address="12 Potters Lane, Stoke-on-Trent",
                    primary_url="https://kiln.example.com",
                    source_updated_at=real_now(),
                )
            )

    @contextmanager
    def work(self):
        with unit_of_work(self.wired, shop_id=getattr(self, "id", None)) as session:
            yield session

    def start_flows(self, include_from=datetime(2020, 1, 1, tzinfo=UTC)):
        with self.work() as session:
            session.execute(
                update(Flow).values(state=FlowState.RUNNING, started_at=real_now(), include_from=include_from)
            )

    def webhook(self, topic, body, *, webhook_id=None, at=None):
        raw = json.dumps(body).encode()
        signature = base64.b64encode(hmac.digest(API_SECRET.encode(), raw, hashlib.sha256)).decode()
        headers = {
            "X-Shopify-Topic": topic,
            "X-Shopify-Shop-Domain": SHOP,
            "X-Shopify-Hmac-SHA256": signature,
            "X-Shopify-Webhook-Id": webhook_id or hashlib.sha256(topic.encode() + raw).hexdigest(),
            "X-Shopify-Triggered-At": (at or real_now()).isoformat(),
        }
        return self.web.post("/webhooks", data=raw, headers=headers)

    def apply(self):
        return apply.apply_received(self.wired)

    def drain(self):
        return drain.drain(self.wired)

    def rows(self, statement):
        with self.work() as session:
            return session.execute(statement).all()


@pytest.fixture
def sink():
    server = ScriptedServer()
    yield server
    server.stop()


@pytest.fixture
def shop(wired, web, sink):
    server = parse(f"smtp://127.0.0.1:{sink.port}")
    wired.parts["transport"] = lambda: SmtpSender(server, "test.example", Deadlines(1, 1, 1, 1, 0.2))
    return Shop(wired, web, sink)


@pytest.fixture(scope="session")
def demo(tmp_path_factory):
    with machine(tmp_path_factory.mktemp("ten-minutes")) as running:
        yield running


@pytest.fixture(scope="session")
def done():
    """The names of the parts of the journey that have been walked."""
    return set()
