"""Apply received webhooks: one transaction each, shop by shop in turn; poison is parked, others flow on.

Those of a shop whose Shopify answers slowly go apart (`aside.py`), so that it holds up nobody else.
"""

from __future__ import annotations

import time
import zlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.kit import fault
from app.kit.clock import offset, real_now
from app.kit.collided import has_collided
from app.kit.rows.one_trip import one_trip
from app.kit.runtime import Runtime
from app.kit.work import enter_shop, unit_of_work
from app.shopify.asking.admin_faults import Throttled, Unreachable
from app.shopify.asking.pace import Pace, is_slow
from app.shopify.entry.token_pair import TokenUnavailable
from app.shopify.models import InboxState, WebhookInbox
from app.shopify.payloads import PayloadError, parse_body
from app.shopify.webhooks.aside import set_aside
from app.shopify.webhooks.claim import MAX_ATTEMPTS, claim, claim_aside, give_back
from app.shopify.webhooks.settle import settle

ASIDE_S = 5.0  # one row more at most: others have what can wait too
RUN_S = 30.0  # a job ends well before RQ would end it, which would count as a row's failure
ASKED_FOR: Final = timedelta(days=2)  # a shop that cannot be reached is no fault of the row: so long it is tried again
NO_ANSWER: Final = (Throttled, Unreachable, TokenUnavailable)

log = structlog.get_logger()

TAKE: Final = """
select shop_domain, topic, triggered_at, received_at, body from webhook_inbox
where id = %(id)s and state = 'received' for update"""


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


def apply_received(runtime: Runtime) -> int:
    """Apply received webhooks until none is left, for RUN_S at most; return how many were applied.

    A shop that keeps the others waiting is set aside, with all of its webhooks.
    """
    after: str | None = None
    applied, ends_at = 0, time.monotonic() + RUN_S
    while time.monotonic() < ends_at and (rows := claim(runtime, after)):
        after = max(rows, key=lambda row: row.place).shop_domain
        while rows:
            row, *rows = rows
            pace = Pace()
            applied += _apply_one(runtime, row.id, pace)
            if pace.is_slow or pace.gave_up:
                mine = [other.id for other in rows if other.shop_domain == row.shop_domain]
                rows = [other for other in rows if other.shop_domain != row.shop_domain]
                _set_aside(runtime, row.shop_domain, [row.id, *mine] if pace.gave_up else mine)
    return applied


def apply_aside(runtime: Runtime) -> int:
    """Apply webhooks of shops that are set aside, one of each in turn, for ASIDE_S at most; return how many were."""
    applied, ends_at = 0, time.monotonic() + ASIDE_S
    while time.monotonic() < ends_at and (rows := claim_aside(runtime)):
        for place, row in enumerate(rows):
            if time.monotonic() >= ends_at:
                give_back(runtime, [other.id for other in rows[place:]])
                break
            began = time.monotonic()
            applied += _apply_one(runtime, row.id)
            if is_slow(time.monotonic() - began):
                _set_aside(runtime, row.shop_domain, [])
    return applied


def _set_aside(runtime: Runtime, shop_domain: str, ids: list[int]) -> None:
    """Set a shop aside and give back those of its webhooks that were claimed and not applied: none has failed."""
    log.warning("shop_set_aside", shop_domain=shop_domain)
    with unit_of_work(runtime) as session:
        set_aside(session, shop_domain)
    give_back(runtime, ids)


def _apply_one(runtime: Runtime, row_id: int, pace: Pace | None = None) -> int:
    """Apply one webhook; return how many were. `pace` is that of work others wait behind, and told what it took."""
    try:
        with unit_of_work(runtime, committed="B4") as session:
            session.info["pace"] = pace
            (taken,) = one_trip(session, [(TAKE, {"id": row_id})])
            if not taken:
                return 0
            try:
                _hand_over(runtime, session, taken[0])
            except WaitForShop:  # nothing was written yet; whoever finds the shop holds it until this commits
                settle(session, row_id, InboxState.WAITING_FOR_SHOP, "shop not installed")
                return 0
            settle(session, row_id, InboxState.APPLIED)
            fault.point("B3")
    except (PayloadError, Park) as poison:
        with unit_of_work(runtime) as session:
            settle(session, row_id, InboxState.PARKED, str(poison))
        return 0
    except Exception as failure:  # noqa: BLE001 - the edge: one row's failure must not stop the rows after it
        if pace is not None and isinstance(failure, NO_ANSWER):
            pace.gave_up = True
            return 0
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


def _failed(runtime: Runtime, row_id: int, failure: Exception) -> int:
    """Leave the row for a later try, or park it after the last one; the reason names the fault, never the data."""
    name = type(failure).__name__
    code = getattr(failure.orig, "sqlstate", None) if isinstance(failure, DBAPIError) else None
    reason = f"{name} {code}" if code else name
    log.error("webhook_failed", inbox_id=row_id, fault=reason, exc_info=failure)
    with unit_of_work(runtime) as session:
        row = session.get_one(WebhookInbox, row_id, with_for_update=True)
        if row.state is not InboxState.RECEIVED:
            return 0  # this process stood still past its lease: another has settled the row meanwhile
        row.reason = reason
        if isinstance(failure, NO_ANSWER) and row.received_at > real_now() - ASKED_FOR:
            row.attempts -= 1
        elif row.attempts >= MAX_ATTEMPTS:
            row.state, row.lease_until = InboxState.PARKED, None
        elif has_collided(failure):
            row.lease_until = None  # what it collided with has gone on: nothing to wait a minute for
    return 0
