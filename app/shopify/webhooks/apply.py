"""Apply received webhooks: one transaction each, oldest first; poison is parked with its reason, others flow on."""

from __future__ import annotations

import time
import zlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import func, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.kit import fault
from app.kit.clock import offset
from app.kit.collided import has_collided
from app.kit.leases import is_free
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
    return session.scalar(select(WebhookInbox.id).where(_free()).limit(1)) is not None


def apply_received(runtime: Runtime) -> int:
    """Apply received webhooks until none is left, for RUN_S at most; return how many were applied."""
    applied, ends_at = 0, time.monotonic() + RUN_S
    while time.monotonic() < ends_at and (ids := _claim(runtime)):
        for row_id in ids:
            applied += _apply_one(runtime, row_id)
    return applied


def _free() -> Any:
    return (WebhookInbox.state == InboxState.RECEIVED) & is_free(WebhookInbox.lease_until)


def _claim(runtime: Runtime) -> list[int]:
    """Lease the oldest rows in a transaction of its own, so that a row that kills its worker is counted."""
    with unit_of_work(runtime) as session:
        free = (
            select(WebhookInbox.id)
            .where(_free())
            .order_by(WebhookInbox.id)
            .limit(BATCH)
            .with_for_update(skip_locked=True)
        )
        claimed = session.scalars(
            update(WebhookInbox)
            .where(WebhookInbox.id.in_(free.scalar_subquery()))
            .values(lease_until=func.now() + LEASE, attempts=WebhookInbox.attempts + 1)
            .returning(WebhookInbox.id),
        ).all()
    if claimed:
        fault.point("B1")
    return sorted(claimed)


def _apply_one(runtime: Runtime, row_id: int) -> int:
    try:
        with unit_of_work(runtime, committed="B4") as session:
            row = session.get_one(WebhookInbox, row_id, with_for_update=True)
            if row.state is not InboxState.RECEIVED:
                return 0
            try:
                _hand_over(runtime, session, row)
            except WaitForShop:  # nothing was written yet; whoever finds the shop holds it until this commits
                row.state, row.reason, row.lease_until = InboxState.WAITING_FOR_SHOP, "shop not installed", None
                return 0
            row.body = NOTHING if session.info.get("spend_body") else row.body
            row.state, row.reason = InboxState.APPLIED, None
            row.applied_at = func.now()  # the database's own instant, with the same write
            session.flush()
            fault.point("B3")
    except (PayloadError, Park) as poison:
        return _settle(runtime, row_id, InboxState.PARKED, str(poison))
    except Exception as failure:  # noqa: BLE001 - the edge: one row's failure must not stop the rows after it
        return _failed(runtime, row_id, failure)
    return 1


def _hand_over(runtime: Runtime, session: Session, row: WebhookInbox) -> None:
    handlers = runtime.topics.get(row.topic)
    if handlers is None:
        raise Park(f"no handler for the topic {row.topic}")
    delivery = Delivery(
        shop_domain=row.shop_domain,
        topic=row.topic,
        triggered_at=row.triggered_at,
        received_at=row.received_at,
        body=parse_body(zlib.decompress(row.body)),
    )
    shop_id = runtime.parts["shop_of_delivery"](session, delivery)
    enter_shop(session, shop_id)
    for handler in handlers:
        handler(session, delivery)


def _settle(runtime: Runtime, row_id: int, state: InboxState, reason: str) -> int:
    with unit_of_work(runtime) as session:
        session.execute(
            update(WebhookInbox).where(WebhookInbox.id == row_id).values(state=state, reason=reason, lease_until=None),
        )
    return 0


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
