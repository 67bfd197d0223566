"""RQ as a doorbell: a job means "look now" and carries nothing. Losing all of Redis changes latency only."""

from __future__ import annotations

import threading
import time

import structlog
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue
from rq.serializers import JSONSerializer

INBOX, SENDS, BULK = "inbox", "sends", "bulk"
QUEUES = (INBOX, SENDS, BULK)

RING_GAP_S = 0.05  # one process rings a bell at most this often; the ticker rings each second anyway
CONNECT_WAIT_S = 0.05  # a web request must not wait for Redis
PAUSE_AFTER_FAILURE_S = 1.0
JOB_TIMEOUT_S = 120
LOOK = "app.kit.jobs.look"  # its path lives in Redis while a ring waits: keep an alias for a release when moving it
FAILURE_TTL_S = 86_400  # RQ keeps tracebacks for a year by default

log = structlog.get_logger()


class Doorbell:
    """Ring queues without ever failing the caller."""

    def __init__(self, redis_url: str) -> None:
        """Take the Redis URL; nothing connects yet."""
        self._redis = Redis.from_url(
            redis_url, socket_connect_timeout=CONNECT_WAIT_S, socket_timeout=CONNECT_WAIT_S * 4
        )
        self._quiet_until: dict[str, float] = {}
        self._lock = threading.Lock()

    def ring(self, queue: str) -> bool:
        """Enqueue the queue's job unless one waits; return whether it did. Redis faults are logged, never raised."""
        with self._lock:
            now = time.monotonic()
            if now < self._quiet_until.get(queue, 0.0):
                return False
            self._quiet_until[queue] = now + RING_GAP_S
        try:
            bell = Queue(queue, connection=self._redis, serializer=JSONSerializer)
            if bell.count:
                return False
            bell.enqueue(
                LOOK,
                queue,
                job_timeout=JOB_TIMEOUT_S,
                result_ttl=0,
                ttl=JOB_TIMEOUT_S,
                failure_ttl=FAILURE_TTL_S,
            )
        except RedisError as fault:
            with self._lock:
                self._quiet_until[queue] = time.monotonic() + PAUSE_AFTER_FAILURE_S
            log.warning("doorbell_unreachable", queue=queue, fault=type(fault).__name__)
            return False
        return True

    def reachable(self) -> bool:
        """Tell whether Redis answers; the ticker does the work itself when it does not."""
        try:
            return bool(self._redis.ping())
        except RedisError:
            return False


def worker_connection(redis_url: str) -> Redis:
    """Return the client a worker blocks on: no socket timeout, or an idle worker would die of one."""
    return Redis.from_url(redis_url)
