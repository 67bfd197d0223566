"""Let go of orders' history once nobody can be asked about it any more."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func

from app.kit.rows.in_batches import delete_some, in_batches
from app.kit.runtime import Runtime
from app.orders.models import OrderEvent

KEPT = timedelta(days=400)


def expire_events(runtime: Runtime) -> int:
    """Delete what we learned more than 400 days ago; return how many events that were."""
    return in_batches(
        runtime, lambda session: delete_some(session, OrderEvent, OrderEvent.received_at < func.now() - KEPT)
    )
