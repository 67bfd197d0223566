"""Let go of what webhooks said once it has served: bodies hold people's names and addresses."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import CursorResult, func, select, update
from sqlalchemy.orm import Session

from app.kit.rows.in_batches import ROWS, delete_some, in_batches
from app.kit.runtime import Runtime
from app.shopify.models import InboxState, WebhookInbox
from app.shopify.webhooks.erase_bodies import NOTHING

BODIES_KEPT = timedelta(days=30)
SHOP_AWAITED = timedelta(days=30)


def expire_webhooks(runtime: Runtime) -> int:
    """Empty settled bodies and erase what waited for a shop that never came; return how many rows were touched.

    A settled row stays, emptied: its id still tells a copy of the delivery from a new one.
    """
    return in_batches(runtime, _empty_settled) + in_batches(runtime, _erase_waiting)


def _empty_settled(session: Session) -> int:
    some = (
        select(WebhookInbox.id)
        .where(
            WebhookInbox.state.in_([InboxState.APPLIED, InboxState.PARKED]),
            WebhookInbox.received_at < func.now() - BODIES_KEPT,
            WebhookInbox.body != NOTHING,
        )
        .limit(ROWS)
        .with_for_update(skip_locked=True)
    )
    done = session.execute(
        update(WebhookInbox)
        .where(WebhookInbox.id.in_(some))
        .values(body=NOTHING)
        .execution_options(synchronize_session=False)
    )
    assert isinstance(done, CursorResult)  # noqa: S101 - what an UPDATE gives
    return done.rowcount


def _erase_waiting(session: Session) -> int:
    waited = WebhookInbox.received_at < func.now() - SHOP_AWAITED
    return delete_some(session, WebhookInbox, (WebhookInbox.state == InboxState.WAITING_FOR_SHOP) & waited)
