"""Keep every verified webhook before it is answered. A delivery is kept once, however often it is sent.

The driver is used directly, as the role that may append and nothing else: this is the app's busiest line, and the
session and statement compiler around it cost as much again as the row itself.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime

import psycopg

from app.kit import fault
from app.kit.errors import Unavailable
from app.kit.queue import INBOX
from app.kit.runtime import Runtime
from app.shopify.webhooks.received import Received

KEPT_PAYLOAD_LEVEL = 1  # zlib: the fastest level already takes four fifths off a JSON body

Row = tuple[str, str, str, str | None, datetime | None, bytes]  # in the order of COLUMNS

COLUMNS = "shop_domain, topic, webhook_id, event_id, triggered_at, body, received_at, state, attempts"
KEEP = f"""insert into webhook_inbox ({COLUMNS}) values (%s, %s, %s, %s, %s, %s, now(), 'received', 0)
    on conflict do nothing"""  # noqa: S608 - the columns above
KEEP_ALL = f"""insert into webhook_inbox ({COLUMNS}) select *, now(), 'received', 0
    from unnest(%b::text[], %b::text[], %b::text[], %b::text[], %b::timestamptz[], %b::bytea[])
    on conflict do nothing"""  # noqa: S608 - the columns above


def row(received: Received) -> Row:
    """Return the delivery as it is kept: its id is the body's hash where none was given, its body is compressed."""
    return (
        received.shop_domain,
        received.topic,
        received.webhook_id or hashlib.sha256(received.body).hexdigest(),
        received.event_id,
        received.triggered_at,
        zlib.compress(received.body, KEPT_PAYLOAD_LEVEL),
    )


def keep(runtime: Runtime, received: Received) -> None:
    """Insert the delivery or ignore its copy, commit, then ring the inbox. Raise Unavailable without a database."""
    try:
        with closing(runtime.engines.ingest.raw_connection()) as pooled:
            connection: psycopg.Connection = pooled.driver_connection  # type: ignore[assignment] # the engine's driver
            connection.execute(KEEP, row(received))
            fault.point("W2")
            connection.commit()
    except psycopg.OperationalError as failure:
        raise Unavailable("The delivery could not be kept; send it again.") from failure
    fault.point("W3")
    runtime.doorbell.ring(INBOX)


def keep_all(connection: psycopg.Connection, rows: Sequence[Row]) -> None:
    """Insert what is new of `rows`, one at least, by one statement on a connection of the receiving role.

    In the order of their keys: two processes that are told the same deliveries wait for each other in one direction.
    """
    connection.execute(KEEP_ALL, [list(column) for column in zip(*sorted(rows, key=_key), strict=True)], prepare=True)


def _key(kept: Row) -> tuple[str, str, str]:
    return kept[:3]
