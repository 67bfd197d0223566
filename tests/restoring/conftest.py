"""A database that is copied, lived on, and put back: what was done in between is forgotten."""

import email
import re
from datetime import timedelta
from email import policy
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select, update

from app import wiring
from app.channels.smtp.address import parse
from app.channels.smtp.connection import Deadlines
from app.channels.smtp.phases import SmtpSender
from app.flows.models import FollowUp
from app.kit import runtime, ticker
from app.kit.clock import ClockOffset, real_now
from app.messages.models import Message
from app.orders.record.order import record_order
from app.orders.record.told import WEBHOOK, Told
from app.shopify.models import SyncCursor
from app.shopify.payloads import webhook_orders
from tests.database import make_config
from tests.journeys.bodies import order_body
from tests.journeys.conftest import Shop, sink  # noqa: F401 - a fixture


class Lives:
    """One shop through a backup and its return. `shop` is the shop on the database of the moment."""

    def __init__(self, cluster, wired, web, redis_url, mail_server):
        self.cluster, self.redis_url, self.sink = cluster, redis_url, mail_server
        self._speak(wired)
        self.shop = Shop(wired, web, mail_server)
        self.shop.start_flows()
        self.wired, self.copy, self.databases = wired, None, []

    def _speak(self, wired):
        server = parse(f"smtp://127.0.0.1:{self.sink.port}")
        wired.parts["transport"] = lambda: SmtpSender(server, "test.example", Deadlines(1, 1, 1, 1, 0.2))

    def buy(self, number, placed_at=None):
        """Let the shop know an order as a reconciliation would tell it."""
        body = order_body(placed_at or real_now(), id=number, name=f"#{number}")
        body |= {"line_items": [line | {"id": number * 10 + n} for n, line in enumerate(body["line_items"])]}
        with self.shop.work() as session:
            record_order(session, webhook_orders.order(body), Told(WEBHOOK, real_now(), real_now()))

    def back_up(self):
        ticker.tick(self.wired)
        self.wired.engines.dispose()
        here = urlsplit(str(self.wired.config.database_url)).path.lstrip("/")
        self.copy = self.cluster.create_database(template=here)
        self.databases.append(self.copy)

    def put_back(self):
        """Go on with the copy, every process started anew."""
        self.wired.engines.dispose()
        app = wiring.create_app(make_config(self.copy, self.redis_url))
        app.testing = True
        self.wired = runtime.current()
        self.wired.parts["flask"] = app
        self._speak(self.wired)
        self.shop.wired, self.shop.web = self.wired, app.test_client()

    def wait(self, time):
        with self.shop.work() as session:
            session.execute(update(ClockOffset).values(offset_s=int(time.total_seconds())))

    def read_again(self):
        """Let every shop's pass have ended, as the bulk worker does."""
        with self.shop.work() as session:
            session.execute(update(SyncCursor).values(finished_at=real_now() + timedelta(seconds=1)))

    def ask(self, *words):
        return self.wired.parts["flask"].test_cli_runner().invoke(args=["restored", *words])

    def mails(self):
        return [email.message_from_bytes(each, policy=policy.default) for each in self.sink.delivered]

    def log(self, path):
        """Write what a mail server's log would say."""
        path.write_text("".join(f"{mail['Message-ID']}\n" for mail in self.mails()))
        return str(path)

    def follow_ups(self):
        """Return (state, outcome, reason) of every follow-up, the oldest order first."""
        told = select(FollowUp.state, FollowUp.outcome, FollowUp.reason).order_by(FollowUp.order_id)
        return [tuple(row) for row in self.shop.rows(told)]

    def messages(self):
        return [row.state for row in self.shop.rows(select(Message.state).order_by(Message.id))]

    def close(self):
        self.wired.engines.dispose()
        for url in self.databases:
            self.cluster.drop_database(url)


@pytest.fixture
def lives(cluster, wired, web, redis_url, sink):  # noqa: F811 - the fixture above
    one = Lives(cluster, wired, web, redis_url, sink)
    yield one
    one.close()


def preferences_path(mail):
    """Return the path of the link under which a person chooses what to hear about."""
    (text,) = (part.get_content() for part in mail.walk() if part.get_content_type() == "text/plain")
    return re.search(r"/p/[^\s>)]+", text)[0]
