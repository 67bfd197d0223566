"""Take a person out of kept webhook bodies: the row stays, for counting, its body goes."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.shopify.models import InboxState, WebhookInbox

NOTHING = zlib.compress(b"{}")


def erase_bodies(session: Session, shop_domain: str, traces: Sequence[str]) -> int:
    """Empty the body of every settled webhook of a shop that holds one of `traces`; return how many.

    One still waiting to be applied is left: applying it finds the person erased and keeps nothing of them.
    """
    wanted = [trace.lower().encode() for trace in traces]
    count = 0
    rows = session.scalars(
        select(WebhookInbox).where(
            WebhookInbox.shop_domain == shop_domain,
            WebhookInbox.state.in_([InboxState.APPLIED, InboxState.PARKED]),
            WebhookInbox.body != NOTHING,
        )
    )
    for row in rows:
        body = zlib.decompress(row.body).lower()
        if any(trace in body for trace in wanted):
            row.body = NOTHING
            count += 1
    session.flush()
    return count


def delete_deliveries(session: Session, shop_domain: str) -> None:
    """Delete what is kept of a shop's settled webhooks."""
    session.execute(
        delete(WebhookInbox).where(WebhookInbox.shop_domain == shop_domain, WebhookInbox.state != InboxState.RECEIVED),
    )
