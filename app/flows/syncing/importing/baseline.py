"""Freeze how a shop did before us: plain figures of the history just read, written once and never computed again.

Who buys again within sixty days is counted among those whose first order in reach lies at least sixty days back: the
others have not had the time. Test and cancelled orders count for nothing.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.orders.imports import Baseline, HistoryImport
from app.orders.share import interval

WINDOWS: Final = (60, 90)  # days
FEWEST: Final = 30  # parcels to a country, or people, below which a median says too little

COUNTED = """
    shop_id = :shop_id and not is_test and cancelled_at is null and deleted_at is null
    and placed_at >= :since and placed_at < :until
"""
ORDERS = f'select count(*) as orders, count(distinct customer_id) as people from "order" where {COUNTED}'  # noqa: S608 - our own words
BUYERS = f"""
    with buyer as (
        select (array_agg(placed_at order by placed_at, id))[1] as first_at,
               (array_agg(placed_at order by placed_at, id))[2] as second_at
          from "order" where customer_id is not null and {COUNTED}
         group by customer_id)
    select count(*) filter (where first_at < :until - make_interval(days => 60)) as base_60,
           count(*) filter (where first_at < :until - make_interval(days => 60)
                              and second_at <= first_at + make_interval(days => 60)) as again_60,
           count(*) filter (where first_at < :until - make_interval(days => 90)) as base_90,
           count(*) filter (where first_at < :until - make_interval(days => 90)
                              and second_at <= first_at + make_interval(days => 90)) as again_90,
           count(second_at) as came_again,
           percentile_cont(0.5) within group (order by extract(epoch from second_at - first_at) / 86400)
               filter (where second_at is not null) as median_days
      from buyer
"""  # noqa: S608 - our own words
PARCELS = """
    select o.country, count(*) as parcels, count(f.tracking_number) as tracked,
           count(*) filter (where f.delivered_source in ('carrier_event', 'shopify')) as arrived,
           percentile_cont(0.5) within group (order by extract(epoch from f.delivered_at - f.shipped_at) / 86400)
               filter (where f.delivered_source in ('carrier_event', 'shopify')) as median_days
      from fulfillment f join "order" o on o.shop_id = f.shop_id and o.id = f.order_id
     where f.shop_id = :shop_id and f.cancelled_at is null and f.ready_for_pickup_at is null
       and coalesce(f.delivered_source, '') not in ('digital', 'merchant')
       and not o.is_test and o.placed_at >= :since and o.placed_at < :until
     group by o.country order by count(*) desc, o.country
"""


def freeze(session: Session, row: HistoryImport, now: datetime) -> None:
    """Write the figures of everything placed since the reading's reach, unless they were written before."""
    asked = {"shop_id": row.shop_id, "since": row.since, "until": now}
    values = {
        "shop_id": row.shop_id,
        "frozen_at": now,
        "since": row.since,
        "until": now,
        "figures": _figures(session, asked),
    }
    session.execute(insert(Baseline).values(values).on_conflict_do_nothing())


def _figures(session: Session, asked: dict[str, Any]) -> dict[str, Any]:
    orders = session.execute(text(ORDERS), asked).one()
    buyers = session.execute(text(BUYERS), asked).one()
    parcels = session.execute(text(PARCELS), asked).all()
    sent, tracked = sum(one.parcels for one in parcels), sum(one.tracked for one in parcels)
    return {
        "orders": orders.orders,
        "people": orders.people,
        "reviews": 0,
        "again_within_60_days": _share(buyers.again_60, buyers.base_60),
        "again_within_90_days": _share(buyers.again_90, buyers.base_90),
        "days_to_second_order": _median(buyers.median_days, buyers.came_again),
        "tracked": _share(tracked, sent),
        "days_to_delivery": {
            one.country: _median(one.median_days, one.arrived) for one in parcels if one.country is not None
        },
    }


def _share(count: int, base: int) -> dict[str, Any]:
    """Return a count with its base and interval (shares, 0 to 1)."""
    between = interval(count, base)
    return {"count": count, "base": base, "interval": [round(end, 4) for end in between] if between else None}


def _median(days: float | None, base: int) -> dict[str, Any]:
    """Return a median with its base; None where the base is too small to say."""
    return {"median": round(float(days), 2) if days is not None and base >= FEWEST else None, "base": base}
