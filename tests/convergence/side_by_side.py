"""The simulated store and the app side by side in one process, on real PostgreSQL, Valkey and SMTP.

    with side_by_side(cluster, redis_url, folder) as both:
        both.store.post("/api/orders", json=...)     # something happens at the shop
        both.move(hours=6)                           # both clocks
        both.deliver()                               # webhooks that are due, through the app's own door
        both.work()                                  # what the workers do
        both.reconcile()
        both.sink()                                  # what the mail listener's log says it accepted

Time stands still between two moves, so that a seed plays the same journey every time. Webhooks and Admin API calls
cross as WSGI requests; a mail crosses a socket.
"""

import contextlib
import json
import math
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from sqlalchemy import func, select, update

from app import wiring
from app.flows.models import Flow
from app.flows.planning.by_hand.start import Choice, start
from app.flows.sending import drain
from app.flows.syncing import sync
from app.kit import runtime
from app.kit.clock import ClockOffset
from app.kit.engines import SYSTEM
from app.kit.work import unit_of_work
from app.shopify.asking import file_store, gateway, outgoing
from app.shopify.webhooks import apply
from app.shops.arrive import merchant_arrived
from devstore.app import create_app
from devstore.clock.now import store_now
from devstore.config import settings
from devstore.mail.run import MailServer
from devstore.platform.admin_api import bucket
from devstore.platform.announce import install_app
from devstore.platform.sign import mint_id_token
from devstore.state import engine as store_engine
from devstore.state.models import Clock, Shop, WebhookDelivery
from devstore.webhooks import announce
from devstore.webhooks.deliver import headers
from tests.convergence.shops import plant
from tests.database import API_KEY, API_SECRET, make_config
from tests.house.places import ROOT

BEGINNING = datetime(
    2026, 10, 12, 6, tzinfo=UTC
)  # clocks go back on the way: in Europe on the 25th, in America a week on
PLENTY = 1e9  # points: what the Admin API allows is other tests' business


class Both:
    """Hold the two programs and the clock they share."""

    def __init__(self, wired, post, log):
        self.wired, self._post, self._log = wired, post, log
        self.store = create_app().test_client()
        self.app = wired.parts["flask"].test_client()
        self.now = BEGINNING
        self.delivered = 0
        self.accepted_at = []  # the store's time of each mail in the listener's log

    def install(self, handle):
        """Let a merchant install the app and start every flow; return our id of the shop."""
        shop_id = self.open_app(handle)
        self.reconcile(shop_id)
        outgoing.run_due(self.wired)
        with unit_of_work(self.wired, shop_id=shop_id) as session:
            assert start(session, Choice(shopify_sends_shipping_mails=False), by="merchant")
            # The simulated clock stands still: what is bought in the second of the start counts as bought after it.
            session.execute(update(Flow).values(include_from=self.now - timedelta(seconds=1)))
        return shop_id

    def open_app(self, handle):
        """Let a merchant open the app, which installs it where it is not; return our id of the shop."""
        with store_engine.unit_of_work() as session:
            shop = session.scalars(select(Shop).where(Shop.handle == handle)).one()
            install_app(session, shop)
        facts = {"shop_domain": shop.domain, "client_id": API_KEY, "secret": API_SECRET}
        token = mint_id_token(**facts, user_id="7", session_id="s1", now=datetime.now(UTC))
        return merchant_arrived(self.wired, shop.domain, token)

    def move(self, to=None, **delta):
        """Move both clocks: to an instant, or on by so much."""
        self.move_store(to or self.now + timedelta(**delta))
        with unit_of_work(self.wired) as session:
            session.execute(update(ClockOffset).values(offset_s=self._ahead))

    def move_store(self, to):
        """Move the store's clock alone; the app's follows before it does anything."""
        self.now = to
        with store_engine.unit_of_work() as session:
            session.execute(update(Clock).values(offset_seconds=self._ahead))

    @property
    def _ahead(self):
        return int((self.now - BEGINNING).total_seconds())

    def deliver(self, topic=None):
        """Send what is due (of one topic) to the app's door, each copy on its own; return how many."""
        with store_engine.unit_of_work(announce=False) as session:
            due = (WebhookDelivery.state == "waiting") & (WebhookDelivery.due_store <= store_now(session))
            if topic:
                due &= WebhookDelivery.topic == topic
            rows = session.scalars(
                select(WebhookDelivery).where(due).order_by(WebhookDelivery.due_store, WebhookDelivery.id)
            ).all()
            for row in rows:
                answer = self.app.post("/webhooks", data=row.payload, headers=headers(row, settings().api_secret))
                assert answer.status_code == 200, (row.topic, answer.status_code, answer.text)
            session.execute(
                update(WebhookDelivery).where(WebhookDelivery.id.in_([row.id for row in rows])),
                {"state": "delivered", "attempts": 1},
                execution_options={"synchronize_session": False},
            )
        self.delivered += len(rows)
        return len(rows)

    def lose(self, topic=None):
        """Lose what has not been delivered yet (of one topic)."""
        with store_engine.unit_of_work(announce=False) as session:
            lost = update(WebhookDelivery).where(WebhookDelivery.state == "waiting").values(state="lost")
            session.execute(lost.where(WebhookDelivery.topic == topic) if topic else lost)

    def hear(self, *topics):
        """Deliver and apply one topic after the other, in this order."""
        for topic in topics:
            assert self.deliver(topic), f"nothing of {topic} is on the way"
            self.apply()

    def work_in_shop(self, shop_id):
        """Enter one of our shops."""
        return unit_of_work(self.wired, shop_id=shop_id)

    def rows(self, statement):
        """Return what a query finds with the rights of the system."""
        with unit_of_work(self.wired, role=SYSTEM) as session:
            return session.execute(statement).all()

    def on_the_way(self):
        """Return how many webhooks have still to be delivered."""
        with store_engine.unit_of_work(announce=False) as session:
            return session.scalar(select(func.count()).where(WebhookDelivery.state == "waiting"))

    def apply(self):
        return apply.apply_received(self.wired) + apply.apply_aside(self.wired)

    def drain(self):
        """Send all that is due, as the sends worker does; return how many rows were taken."""
        taken = 0
        while some := drain.drain(self.wired):
            taken += some
        self.accepted_at += [self.now] * (len(self.sink()) - len(self.accepted_at))
        return taken

    def reconcile(self, shop_id):
        return sync.walk(self.wired, shop_id)

    def sink(self):
        """Return what the listener's own log says it accepted: one entry a mail."""
        return [json.loads(line) for line in self._log.read_text().splitlines()] if self._log.exists() else []


@contextlib.contextmanager
def side_by_side(cluster, redis_url, folder, migrated=None):
    """Give both programs on databases of their own; `migrated` names a template of the app's database."""
    store_url = cluster.create_database(owner="devstore")
    app_url = cluster.create_database(template=migrated)
    log = folder / "sink.jsonl"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("app.shopify.asking.pace.SLOW_S", math.inf)  # how fast this machine is decides nothing here
        _point_at(patch, store_url, log)
        patch.setattr("devstore.clock.now.real_now", lambda: BEGINNING)
        patch.setattr("app.kit.clock.real_now", lambda: BEGINNING)
        patch.setattr("app.kit.clock.ASKEW", timedelta.max)
        patch.setattr(bucket, "RATES", dict.fromkeys(bucket.RATES, PLENTY))
        store_engine.create_tables()
        plant()
        post = MailServer(0, log)
        post.start()
        try:
            yield from _app(app_url, redis_url, post, log, migrate=migrated is None)
        finally:
            post.stop()
            _forget()
            cluster.drop_database(store_url)
            cluster.drop_database(app_url)


def _app(url, redis_url, post, log, *, migrate):
    app = wiring.create_app(make_config(url, redis_url, SMTP_URL=f"smtp://127.0.0.1:{post.port}"))
    here = runtime.current()
    if migrate:
        done = app.test_cli_runner().invoke(args=["migrate"])
        assert done.exit_code == 0, (done.output, done.exception)
    here.parts["flask"] = app
    here.parts["http"].close()
    there = httpx.WSGITransport(app=create_app())
    here.parts["files"].close()
    here.parts["files"] = file_store.open_files("http://127.0.0.1:9000", there)
    with gateway.open_client("http://127.0.0.1:9000", there) as client:
        here.parts["http"] = client
        try:
            yield Both(here, post, log)
        finally:
            here.engines.dispose()


def _point_at(patch, url, log):
    for name, value in {
        "DEVSTORE_DATABASE_URL": url,
        "DEVSTORE_PORT": "9000",
        "DEVSTORE_SMTP_PORT": "0",
        "DEVSTORE_SINK_LOG": str(log),
        "DEVSTORE_SHOPPERS": "off",
        "APP_URL": "http://127.0.0.1:8000",
        "SHOPIFY_API_KEY": API_KEY,
        "SHOPIFY_API_SECRET": API_SECRET,
        "DEVSTORE_APP_FOLDER": str(ROOT),
    }.items():
        patch.setenv(name, value)
    _forget()
    bucket._buckets.clear()


def _forget():
    if store_engine.engine.cache_info().currsize:
        store_engine.engine().dispose()
    for cached in (store_engine.engine, settings, announce._watch):
        cached.cache_clear()
