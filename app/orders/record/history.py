"""Append to an order's history: what happened, when it happened at the source, when we learned of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.kit.rows.insert_rows import insert_rows
from app.kit.rows.one_trip import one_trip
from app.kit.work import entered_shop
from app.orders.models import OrderEvent
from app.orders.record.told import WEBHOOK, Told


def append(
    session: Session,
    order_id: int,
    kind: str,
    happened_at: datetime,
    told: Told,
    *,
    subject_id: int = 0,
    changed: dict[str, Any] | None = None,
) -> None:
    """Append one event; the same event told again, by whichever way, is kept once."""
    event = {
        "shop_id": entered_shop(session),
        "order_id": order_id,
        "kind": kind,
        "subject_id": subject_id,
        "happened_at": happened_at,
        "received_at": told.received_at,
        "source": WEBHOOK if told.prompted else told.source,
        "changed": changed or {},
    }
    one_trip(session, [insert_rows(OrderEvent, [event], "on conflict do nothing")])
