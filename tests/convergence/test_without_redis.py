"""Redis only rings. Emptied at any moment, or gone, it changes when something happens, not what."""

import socket
import threading
import time

import pytest
from redis import Redis
from rq import Queue, SimpleWorker
from rq.serializers import JSONSerializer
from sqlalchemy import select

from app.kit import ticker
from app.kit.queue import BULK, CONNECT_WAIT_S, INBOX, PAUSE_AFTER_FAILURE_S, SENDS, Doorbell, worker_connection
from app.messages.models import Message
from app.orders.models import Order
from app.shopify.models import InboxState, WebhookInbox
from tests.convergence.test_out_of_order import act, buy

ANSWER_WAIT_S = CONNECT_WAIT_S * 4  # the doorbell's own patience with a Redis that took the call
SLACK_S = 1.0  # of a busy machine


class Live:
    """Let what a real installation runs take turns: the ticker, and one RQ worker a queue."""

    def __init__(self, both, redis_url):
        self.both, self.redis = both, worker_connection(redis_url)
        self.turns = [self.tick, self.inbox, self.tick, self.sends, self.tick, self.bulk]

    def tick(self):
        time.sleep(0.06)  # the doorbell rings a queue at most every 50 ms
        ticker.tick(self.both.wired)

    def inbox(self):
        self._burst(INBOX)

    def sends(self):
        self._burst(SENDS)

    def bulk(self):
        self._burst(BULK)

    def _burst(self, queue):
        bell = Queue(queue, connection=self.redis, serializer=JSONSerializer)
        worker = SimpleWorker([bell], connection=self.redis, serializer=JSONSerializer)
        worker.work(burst=True, logging_level="ERROR")
        assert not bell.failed_job_registry.count

    def until_said(self, order, *, flush_before):
        """Take turns until the order is thanked for, emptying Redis before one of them; return how many it took."""
        for turn in range(4 * len(self.turns)):
            if turn == flush_before:
                self.redis.flushall()
            self.turns[turn % len(self.turns)]()
            if thanked(self.both, order) and turn > flush_before:
                return turn
        return None


def thanked(both, order):
    """Return how many mails about an order the listener accepted."""
    about = select(Message.public_id).join(Order, Order.id == Message.order_id).where(Order.shopify_id == order["id"])
    ours = {public for (public,) in both.rows(about)}
    return sum(line["message_id"].strip("<>").partition("@")[0] in ours for line in both.sink())


@pytest.fixture
def live(both, redis_url):
    both.lose()
    both.move(minutes=1)
    made = Live(both, redis_url)
    made.redis.flushall()
    return made


@pytest.fixture
def ring(both, monkeypatch):
    """Give the app another doorbell."""

    def put(url):
        # Runtime is frozen: what is wired stays wired, but for a test that takes a wire out.
        object.__setattr__(both.wired, "doorbell", Doorbell(url))

    before = both.wired.doorbell
    yield put
    object.__setattr__(both.wired, "doorbell", before)


@pytest.mark.parametrize("moment", range(6))
def test_emptied_at_any_moment_it_loses_and_repeats_nothing(both, live, moment):
    order = buy(both)
    both.deliver()
    assert live.until_said(order, flush_before=moment) is not None
    for turn in live.turns * 2:
        turn()
    assert thanked(both, order) == 1


def test_without_it_the_ticker_does_the_work_itself(both, live, ring, tmp_path):
    ring(f"unix://{tmp_path}/nobody.sock")
    order = buy(both)
    both.deliver()
    for _ in range(3):
        ticker.tick(both.wired)
    assert thanked(both, order) == 1
    waiting = select(WebhookInbox.id).where(WebhookInbox.state == InboxState.RECEIVED)
    assert both.rows(waiting) == []


class Mute:
    """A server that takes every call and never says a word."""

    def __init__(self):
        self.calls = []
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"redis://127.0.0.1:{self._listening.getsockname()[1]}"
        self._thread = threading.Thread(target=self._take, daemon=True)
        self._thread.start()

    def _take(self):
        while True:
            try:
                self.calls.append(self._listening.accept()[0])
            except OSError:
                return

    def close(self):
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._thread.join(5)
        for call in self.calls:
            call.close()


def test_a_webhook_is_answered_while_it_says_nothing(both, live, ring):
    mute = Mute()
    ring(mute.url)
    for _ in range(3):
        buy(both)
    began = time.monotonic()
    answered = both.deliver()  # asserts a 200 for each
    taken = time.monotonic() - began
    mute.close()
    assert answered > 6
    rests = 1 + taken // PAUSE_AFTER_FAILURE_S
    assert len(mute.calls) <= rests + 1, "a bell that did not answer is left alone for a while"
    assert taken < rests * (CONNECT_WAIT_S + ANSWER_WAIT_S) + answered * 0.05 + SLACK_S
    both.wired.doorbell._redis.close()


def test_a_parcels_whole_life_is_told_once_though_it_was_emptied_every_day(both, live):
    order = buy(both)
    both.deliver()
    live.until_said(order, flush_before=2)
    parcel = act(both, "POST", f"/orders/{order['id']}/fulfillments")
    both.move(days=2, hours=6)
    act(both, "POST", f"/fulfillments/{parcel['id']}/events", status="delivered")
    for _ in range(9):
        live.redis.flushall()
        both.deliver()
        for turn in live.turns[:4]:
            turn()
        both.move(days=1)
    about = select(Message.step).join(Order, Order.id == Message.order_id).where(Order.shopify_id == order["id"])
    steps = sorted(step for (step,) in both.rows(about))
    assert steps == ["delivered", "product_help", "review_request", "thank_you"]
    assert thanked(both, order) == len(steps)


def test_nothing_of_ours_is_left_in_it(both, live):
    buy(both)
    both.deliver()
    live.tick()
    client = Redis.from_url(both.wired.config.redis_url)
    stored = b"\n".join(key + (client.dump(key) or b"") for key in client.scan_iter())
    client.close()
    assert b"inbox" in stored
    assert b"@example.com" not in stored
