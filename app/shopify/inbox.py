"""Keep every verified webhook before it is answered. A delivery is kept once, however often it is sent."""

from __future__ import annotations

import hashlib
import zlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.kit import fault
from app.kit.queue import INBOX
from app.kit.work import ring_after_commit
from app.shopify.models import InboxState, WebhookInbox

KEPT_PAYLOAD_LEVEL = 1  # zlib: the fastest level already takes four fifths off a JSON body


@dataclass(frozen=True, slots=True)
class Received:
    """Hold one verified delivery as its headers and bytes came. The headers are not signed: treat them as hints."""

    shop_domain: str
    topic: str
    webhook_id: str | None
    event_id: str | None
    triggered_at: datetime | None
    body: bytes


def keep(session: Session, received: Received) -> None:
    """Insert the delivery or ignore its copy, and ring the inbox after the commit."""
    row = {
        "shop_domain": received.shop_domain,
        "topic": received.topic,
        "webhook_id": received.webhook_id or hashlib.sha256(received.body).hexdigest(),
        "event_id": received.event_id,
        "triggered_at": received.triggered_at,
        "received_at": func.now(),
        "body": zlib.compress(received.body, KEPT_PAYLOAD_LEVEL),
        "state": InboxState.RECEIVED,
        "attempts": 0,
    }
    session.execute(insert(WebhookInbox).values(row).on_conflict_do_nothing())
    fault.point("W2")
    ring_after_commit(session, INBOX)
