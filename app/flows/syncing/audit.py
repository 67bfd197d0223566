"""Find out which webhooks do not come, by what had to be found by asking.

Shopify lists no subscription that an app's configuration file made, so there is nothing to compare that file with. What
can be seen is what is missing: things of some kind that we learned of by asking alone, and never by being told.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.kit.work import entered_shop
from app.orders.arrival.delivery import DeliverySource
from app.orders.models import OrderEvent
from app.orders.record.told import RECONCILE, WEBHOOK
from app.shopify.models import SyncCursor
from app.shops.models import Shop

LOOK_BACK: Final = timedelta(days=3)
SETTLED: Final = timedelta(hours=1)  # after the install, before now: what is younger may still be on its way
FEWEST: Final = 5

TOLD_BY: Final = {
    "placed": "orders/create",
    "paid": "orders/paid",
    "cancelled": "orders/cancelled",
    "shipped": "fulfillments/create",
    "delivered": "fulfillment_events/create",
    "refunded": "refunds/create",
    "return_opened": "returns/request",
    "return_closed": "returns/close",
    "return_declined": "returns/decline",
}


def silent_topics(session: Session, now: datetime) -> list[dict[str, Any]]:
    """Return the topics nobody told us anything by, with how many things we found by asking instead."""
    shop = session.get_one(Shop, entered_shop(session))
    since = max(now - LOOK_BACK, shop.installed_at + SETTLED)
    counted = (
        select(
            OrderEvent.kind,
            func.count().filter(OrderEvent.source == WEBHOOK).label("heard"),
            func.count().filter(OrderEvent.source == RECONCILE).label("found"),
        )
        .where(OrderEvent.shop_id == shop.id, OrderEvent.kind.in_(TOLD_BY))
        .where(OrderEvent.happened_at >= since, OrderEvent.happened_at < now - SETTLED)
        # No topic tells of a pickup.
        .where(func.coalesce(OrderEvent.changed["source"].astext, "") != DeliverySource.MERCHANT)
        .group_by(OrderEvent.kind)
        .order_by(OrderEvent.kind)
    )
    return [
        {"topic": TOLD_BY[row.kind], "found": row.found}
        for row in session.execute(counted)
        if row.heard == 0 and row.found >= FEWEST
    ]


def silent(session: Session) -> list[dict[str, Any]]:
    """Return what the last audit found silent in the entered shop."""
    return session.scalar(select(SyncCursor.silent).where(SyncCursor.shop_id == entered_shop(session))) or []
