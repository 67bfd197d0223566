"""Read at which stage the lines of orders are."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kit.rows.among import among
from app.kit.work import entered_shop
from app.orders.arrival.stage import At, Stage, Whereabouts, stage
from app.orders.parcels import Fulfillment, FulfillmentLine

ORDER = {each: place for place, each in enumerate(Stage)}


def stages(session: Session, order_ids: Collection[int], now: datetime) -> dict[int, At]:
    """Return the stage of every line of these orders that is in a parcel, by line id: that of the part furthest along.

    A line that is not among them has been placed, and no more.
    """
    rows = session.execute(
        select(FulfillmentLine.order_line_id, Fulfillment)
        .join(
            Fulfillment,
            (Fulfillment.shop_id == FulfillmentLine.shop_id) & (Fulfillment.id == FulfillmentLine.fulfillment_id),
        )
        .where(
            Fulfillment.shop_id == entered_shop(session),
            among(Fulfillment.order_id, sorted(order_ids)),
            Fulfillment.cancelled_at.is_(None),
        )
    )
    found: dict[int, At] = {}
    for line_id, parcel in rows:
        known = Whereabouts(parcel.shipped_at, parcel.last_scan_at, parcel.delivered_at, parcel.inferred_at)
        here = stage(known, now)
        if line_id not in found or ORDER[here.stage] > ORDER[found[line_id].stage]:
            found[line_id] = here
    return found
