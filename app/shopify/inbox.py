"""Keep every verified webhook before it is answered. A delivery is kept once, however often it is sent."""

from __future__ import annotations

import hashlib
import zlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func
from sqlalchemy.dialects.postgresql import insert

from app.kit import fault
from app.kit.queue import INBOX
from app.kit.runtime import Runtime
from app.shopify.models import InboxState, WebhookInbox

KEPT_PAYLOAD_LEVEL = 1  # zlib: the fastest level already takes four fifths off a JSON body


KEEP = (
    insert(WebhookInbox)
    .values(
        {name: bindparam(name) for name in ("shop_domain", "topic", "webhook_id", "event_id", "triggered_at", "body")}
        | {"received_at": func.now(), "state": InboxState.RECEIVED, "attempts": 0}
    )
    .on_conflict_do_nothing()
    .inline()  # without RETURNING, which would need the right to read
)


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
    """Insert the delivery or ignore its copy, commit, then ring the inbox.

    One statement as the role that may do nothing else, outside the session: this is the app's busiest line.
    """
    row = {
        "shop_domain": received.shop_domain,
        "topic": received.topic,
        "webhook_id": received.webhook_id or hashlib.sha256(received.body).hexdigest(),
        "event_id": received.event_id,
        "triggered_at": received.triggered_at,
        "body": zlib.compress(received.body, KEPT_PAYLOAD_LEVEL),
    }
    with runtime.engines.ingest.begin() as connection:
        connection.execute(KEEP, row)
        fault.point("W2")
    fault.point("W3")
    runtime.doorbell.ring(INBOX)
