"""Keep every verified webhook before it is answered. A delivery is kept once, however often it is sent."""

from __future__ import annotations

import hashlib
import zlib
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime

import psycopg

from app.kit import fault
from app.kit.errors import Unavailable
from app.kit.queue import INBOX
from app.kit.runtime import Runtime

KEPT_PAYLOAD_LEVEL = 1  # zlib: the fastest level already takes four fifths off a JSON body


KEEP = """
    insert into webhook_inbox
        (shop_domain, topic, webhook_id, event_id, triggered_at, received_at, body, state, attempts)
    values (%s, %s, %s, %s, %s, now(), %s, 'received', 0)
    on conflict do nothing
"""


@dataclass(frozen=True, slots=True)
class Received:
    """Hold one verified delivery as its headers and bytes came. The headers are not signed: treat them as hints."""

    shop_domain: str
    topic: str
    webhook_id: str | None
    event_id: str | None
    triggered_at: datetime | None
    body: bytes


def keep(runtime: Runtime, received: Received) -> None:
    """Insert the delivery or ignore its copy, commit, then ring the inbox. Raise Unavailable without a database.

    The driver is used directly, as the role that may append and nothing else: this is the app's busiest line, and the
    session and statement compiler around it cost as much again as the row itself.
    """
    row = (
        received.shop_domain,
        received.topic,
        received.webhook_id or hashlib.sha256(received.body).hexdigest(),
        received.event_id,
        received.triggered_at,
        zlib.compress(received.body, KEPT_PAYLOAD_LEVEL),
    )
    try:
        with closing(runtime.engines.ingest.raw_connection()) as pooled:
            connection: psycopg.Connection = pooled.driver_connection  # type: ignore[assignment] # the engine's driver
            connection.execute(KEEP, row)
            fault.point("W2")
            connection.commit()
    except psycopg.OperationalError as failure:
        raise Unavailable("The delivery could not be kept; send it again.") from failure
    fault.point("W3")
    runtime.doorbell.ring(INBOX)
