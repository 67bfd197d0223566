"""Two transactions that hold what the other wants, for each pair of locks there is an order of: one begins anew."""

import threading
import time
from itertools import combinations
from urllib.parse import urlsplit

import psycopg
import pytest
from sqlalchemy import select, text

from app.kit.clock import real_now
from app.shopify.models import InboxState, WebhookInbox
from tests.journeys.bodies import order_body
from tests.journeys.test_first_mile import know

IN_ORDER = ("shop", "flow", "customer", '"order"', "follow_up", "message")
PAIRS = list(combinations(IN_ORDER, 2))
HOLD = "select id from {} order by id limit 1 for update"


@pytest.fixture
def other(cluster, wired):
    """A connection that waits patiently, on a database where everybody else soon looks whether they wait in a ring."""
    name = urlsplit(wired.config.database_url).path.lstrip("/")
    with psycopg.connect(cluster.superuser_url(name)) as connection:
        connection.execute(f"alter database \"{name}\" set deadlock_timeout = '20ms'")
        connection.commit()
        wired.engines.dispose()  # whoever connects from now on
        connection.execute("set deadlock_timeout = '60s'")
        connection.commit()
        yield connection


class Clash:
    """A handler of webhooks that meets the other connection in a ring the first time, and finds it gone the second."""

    def __init__(self, other, first, second):
        self.other, self.first, self.second, self.times = other, first, second, 0
        other.execute(HOLD.format(second))
        self.thread = threading.Thread(target=self._take_the_first)

    def _take_the_first(self):
        self.other.execute(HOLD.format(self.first))
        self.other.commit()

    def __call__(self, session, _delivery):
        self.times += 1
        if self.times > 1:
            self.thread.join(30)
        session.execute(text(HOLD.format(self.first)))
        if self.times == 1:
            self.thread.start()
            waits = text("select count(*) from pg_locks where pid = :pid and not granted")
            until = time.monotonic() + 30
            while not session.scalar(waits, {"pid": self.other.info.backend_pid}):
                assert time.monotonic() < until
        session.execute(text(HOLD.format(self.second)))


def test_whichever_two_meet_the_one_that_lost_begins_anew_as_a_whole(shop, other, monkeypatch):
    shop.start_flows()
    body = order_body(real_now())
    know(shop, body)
    shop.webhook("orders/paid", body)
    assert (shop.apply(), shop.drain()) == (1, 1)
    for number, (first, second) in enumerate(PAIRS):
        clash = Clash(other, first, second)
        monkeypatch.setitem(shop.wired.topics, "orders/paid", (clash,))
        shop.webhook("orders/paid", body, webhook_id=f"clash-{number}")
        assert shop.apply() == 1, (first, second)
        assert clash.times == 2, (first, second)
    rows = shop.rows(select(WebhookInbox.state, WebhookInbox.attempts).where(WebhookInbox.webhook_id.like("clash-%")))
    assert [tuple(row) for row in rows] == [(InboxState.APPLIED, 2)] * len(PAIRS)
