"""Apply received webhooks: one transaction each, oldest first; poison is parked with its reason, others flow on."""

from __future__ import annotations

import time
import zlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from sqlalchemy import func, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.kit import fault
from app.kit.clock import offset
from app.kit.collided import has_collided
from app.kit.leases import is_free
from app.kit.rows.one_trip import one_trip
from app.kit.runtime import Runtime
from app.kit.work import enter_shop, unit_of_work
from app.shopify.models import InboxState, WebhookInbox
from app.shopify.payloads import PayloadError, parse_body
from app.shopify.webhooks.erase_bodies import NOTHING

LEASE = timedelta(seconds=60)
BATCH = 50
RUN_S = 30.0  # a job ends well before RQ would end it, which would count as a row's failure
MAX_ATTEMPTS = 5  # a row that fails this often is parked, so that it cannot hold up the others

log = structlog.get_logger()

FREE: Final = (
    select(WebhookInbox.id)
    .where(WebhookInbox.state == InboxState.RECEIVED, is_free(WebhookInbox.lease_until))
    .order_by(WebhookInbox.id)
)
WAITING: Final = FREE.limit(1)
CLAIM: Final = (
    update(WebhookInbox)
    .where(WebhookInbox.id.in_(FREE.limit(BATCH).with_for_update(skip_locked=True).scalar_subquery()))
    .values(lease_until=func.now() + LEASE, attempts=WebhookInbox.attempts + 1)
    .returning(WebhookInbox.id)
)
TAKE: Final = """
select shop_domain, topic, triggered_at, received_at, body from webhook_inbox
where id = %(id)s and state = 'received' for update"""
SETTLE: Final = """
update webhook_inbox set state = %(state)s, reason = %(reason)s, lease_until = null, body = coalesce(%(body)s, body),
    applied_at = case when %(state)s = 'applied' then now() end
where id = %(id)s"""


class WaitForShop(Exception):
    """Say that the shop of a delivery is not installed (yet): keep it for the first token exchange.

    Whoever raises it has locked the shop's row, where there is one: a shop that comes back meanwhile waits, and finds
    the delivery waiting.
    """


class Park(Exception):
    """Say that a delivery cannot be applied, and why; a person can look at it."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """Hold one webhook as a topic handler sees it: parsed. `received_at` is real time, `triggered_at` the source's."""

    shop_domain: str
    topic: str
    triggered_at: datetime | None
    received_at: datetime
    body: dict[str, Any]


def told_at(session: Session, delivery: Delivery) -> datetime:
    """Return the source's instant of a delivery; where it names none, when we received it, in business time."""
    return delivery.triggered_at or delivery.received_at + offset(session)


def spend_body(session: Session) -> None:
    """Have the body that is being applied emptied with it, not 30 days later: it names somebody who is erased."""
    session.info["spend_body"] = True


def waiting(session: Session) -> bool:
    """Tell whether any received webhook is free to be applied."""
    return session.scalar(WAITING) is not None


def apply_received(runtime: Runtime) -> int:
    """Apply received webhooks until none is left, for RUN_S at most; return how many were applied."""
    applied, ends_at = 0, time.monotonic() + RUN_S
    while time.monotonic() < ends_at and (ids := _claim(runtime)):
        for row_id in ids:
            applied += _apply_one(runtime, row_id)
    return applied


def _claim(runtime: Runtime) -> list[int]:
    """Lease the oldest rows in a transaction of its own, so that a row that kills its worker is counted."""
    with unit_of_work(runtime) as session:
        claimed = session.scalars(CLAIM).all()
    if claimed:
        fault.point("B1")
    return sorted(claimed)


def _apply_one(runtime: Runtime, row_id: int) -> int:
    try:
        with unit_of_work(runtime, committed="B4") as session:
            (taken,) = one_trip(session, [(TAKE, {"id": row_id})])
            if not taken:
                return 0
            try:
                _hand_over(runtime, session, taken[0])
            except WaitForShop:  # nothing was written yet; whoever finds the shop holds it until this commits
                _settle(session, row_id, InboxState.WAITING_FOR_SHOP, "shop not installed")
                return 0
            _settle(session, row_id, InboxState.APPLIED)
            fault.point("B3")
    except (PayloadError, Park) as poison:
        with unit_of_work(runtime) as session:
            _settle(session, row_id, InboxState.PARKED, str(poison))
        return 0
    except Exception as failure:  # noqa: BLE001 - the edge: one row's failure must not stop the rows after it
        return _failed(runtime, row_id, failure)
    return 1


def _hand_over(runtime: Runtime, session: Session, row: tuple[Any, ...]) -> None:
    shop_domain, topic, triggered_at, received_at, body = row
    handlers = runtime.topics.get(topic)
    if handlers is None:
        raise Park(f"no handler for the topic {topic}")
    delivery = Delivery(shop_domain, topic, triggered_at, received_at, parse_body(zlib.decompress(body)))
    shop_id = runtime.parts["shop_of_delivery"](session, delivery)
    enter_shop(session, shop_id)
    for handler in handlers:
        handler(session, delivery)


def _settle(session: Session, row_id: int, state: InboxState, reason: str | None = None) -> None:
    """Write how far a row has come, the database's own instant with it, and empty the body where it is spent."""
    body = NOTHING if session.info.get("spend_body") else None
    one_trip(session, [(SETTLE, {"id": row_id, "state": state.value, "reason": reason, "body": body})])


def _failed(runtime: Runtime, row_id: int, failure: Exception) -> int:
    """Leave the row for a later try, or park it after the last one; the reason names the fault, never the data."""
    name = type(failure).__name__
    code = getattr(failure.orig, "sqlstate", None) if isinstance(failure, DBAPIError) else None
    reason = f"{name} {code}" if code else name
    log.error("webhook_failed", inbox_id=row_id, fault=reason, exc_info=failure)
    with unit_of_work(runtime) as session:
        row = session.get_one(WebhookInbox, row_id, with_for_update=True)
        row.reason = reason
        if row.attempts >= MAX_ATTEMPTS:
            row.state, row.lease_until = InboxState.PARKED, None
        elif has_collided(failure):
            row.lease_until = None  # what it collided with has gone on: nothing to wait a minute for
    return 0
