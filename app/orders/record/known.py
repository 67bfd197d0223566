"""Keep what was known of an order whenever that changed, so that the past can be asked as it looked then.

An event of the kind "known" holds, of the order and of each of its lines, parcels, refunds and returns, those that
differ from what was known before. Put one over the other they are the order as it stood at any later instant. Nobody is
named in them: no address, no tracking number, of the destination only the country and the clock.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from app.kit.rows.one_trip import one_trip
from app.kit.work import entered_shop

KNOWN: Final = "known"

# An order's state as rows (order_id, key, value). A key names the table's row: "order", "line.7", "parcel.3" …
STATE: Final = """
select o.id, 'order', jsonb_strip_nulls(jsonb_build_object(
    'customer_id', o.customer_id, 'has_email', o.email is not null, 'email_withheld', o.email_withheld,
    'locale', o.locale, 'country', o.country, 'currency', o.currency, 'total', o.total::text,
    'financial_status', o.financial_status, 'is_test', o.is_test, 'renewal', o.renewal, 'gift', o.gift, 'tags', o.tags,
    'discount_codes', o.discount_codes,
    'placed_at', o.placed_at, 'paid_at', o.paid_at, 'cancelled_at', o.cancelled_at, 'cancel_reason', o.cancel_reason,
    'deleted_at', o.deleted_at))
  from "order" o where o.shop_id = %(shop)s and o.id = any(%(orders)s)
union all
select l.order_id, 'line.' || l.id, jsonb_strip_nulls(jsonb_build_object(
    'product_shopify_id', l.product_shopify_id, 'variant_shopify_id', l.variant_shopify_id, 'sku', l.sku,
    'quantity', l.quantity,
    'current_quantity', l.current_quantity, 'requires_shipping', l.requires_shipping, 'is_gift_card', l.is_gift_card))
  from order_line l where l.shop_id = %(shop)s and l.order_id = any(%(orders)s)
union all
select f.order_id, 'parcel.' || f.id, jsonb_strip_nulls(jsonb_build_object(
    'shopify_id', f.shopify_id, 'shipment_status', f.shipment_status, 'tracking_company', f.tracking_company,
    'tracked', f.tracking_number is not null, 'shipped_at', f.shipped_at, 'delivered_at', f.delivered_at,
    'delivered_source', f.delivered_source, 'cancelled_at', f.cancelled_at, 'inferred_at', f.inferred_at,
    'inferred_risk', f.inferred_risk, 'inferred_by', f.inferred_by, 'delayed_at', f.delayed_at,
    'estimated_delivery_at', f.estimated_delivery_at,
    'ready_for_pickup_at', f.ready_for_pickup_at, 'picked_up_at', f.picked_up_at,
    'lines', (select jsonb_object_agg(c.order_line_id, c.quantity) from fulfillment_line c
        where c.shop_id = f.shop_id and c.fulfillment_id = f.id),
    'scans', (select jsonb_agg(jsonb_build_array(lower(e.status), e.happened_at) order by e.happened_at, e.id)
        from fulfillment_event e
        where e.shop_id = f.shop_id and e.fulfillment_id = f.id and e.deleted_at is null)))
  from fulfillment f where f.shop_id = %(shop)s and f.order_id = any(%(orders)s)
union all
select r.order_id, 'refund.' || r.id, jsonb_strip_nulls(jsonb_build_object(
    'happened_at', r.happened_at,
    'lines', (select jsonb_object_agg(l.order_line_id, l.quantity) from refund_line l
        where l.shop_id = r.shop_id and l.refund_id = r.id)))
  from refund r where r.shop_id = %(shop)s and r.order_id = any(%(orders)s)
union all
select c.order_id, 'return.' || c.id, jsonb_strip_nulls(jsonb_build_object(
    'name', coalesce(c.name, c.shopify_id::text), 'status', c.status, 'opened_at', c.opened_at,
    'closed_at', c.closed_at,
    'lines', (select jsonb_object_agg(l.order_line_id, l.quantity) from return_line l
        where l.shop_id = c.shop_id and l.return_case_id = c.id)))
  from return_case c where c.shop_id = %(shop)s and c.order_id = any(%(orders)s)"""

NOTE: Final = f"""
with state(order_id, key, value) as ({STATE}),
before as (
    select distinct on (k.key) k.key, k.value
    from order_event e cross join lateral jsonb_each(e.changed) k
    where e.shop_id = %(shop)s and e.order_id = any(%(orders)s) and e.kind = '{KNOWN}'
    order by k.key, e.subject_id desc),
new as (
    select s.order_id, s.key, case when s.key = 'order' then s.value || %(beside)s::jsonb else s.value end as value
    from state s)
insert into order_event (shop_id, order_id, kind, subject_id, happened_at, received_at, source, changed)
select %(shop)s, n.order_id, '{KNOWN}',
    (select count(*) + 1 from order_event e
        where e.shop_id = %(shop)s and e.order_id = n.order_id and e.kind = '{KNOWN}'),
    %(now)s, %(now)s, 'plan', jsonb_object_agg(n.key, n.value)
from new n left join before b on b.key = n.key where b.value is distinct from n.value
group by n.order_id
on conflict do nothing"""  # noqa: S608 - put together from constants


def note(session: Session, order_id: int, zone: str, now: datetime) -> None:
    """Append how an order stands, as far as that is new. The order is locked; `zone` is its recipient's clock."""
    facts = {"shop": entered_shop(session), "orders": [order_id], "beside": _json(zone), "now": now}
    one_trip(session, [(NOTE, facts)])


def stands(session: Session, order_ids: Sequence[int]) -> list[tuple[int, str, dict[str, Any]]]:
    """Return how orders stand now: (order id, key, value), as `note` keeps it but for the clock."""
    facts = {"shop": entered_shop(session), "orders": list(order_ids)}
    return [(order, key, value) for order, key, value in one_trip(session, [(STATE, facts)])[0]]


def _json(zone: str) -> str:
    return f'{{"zone": "{zone}"}}'
