"""Write an order read anew only where something is new: at the shop, in what is kept of it, or in what plans by it.

With an order goes a mark of what was read of it last and of everything that stood here once that was written. An order
that would get the same mark again is left alone. Nothing is missed by it: whoever changes a row of the order, its
buyer's, or a flow, in whichever way, changes the mark. It names nobody and leads to nobody.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

import orjson
from sqlalchemy.orm import Session

from app.kit.rows.one_trip import one_trip
from app.kit.work import entered_shop
from app.orders.record.order import record_order
from app.orders.record.told import Told
from app.shopify.payloads.facts import OrderFacts

# Whole rows, so that a column that comes is in it. Rows are told in the order of their keys.
STANDS: Final = """
with beside as (select md5(concat_ws('|',
    (select string_agg(f::text, ',' order by f.id) from flow f where f.shop_id = %(shop)s),
    (select max(s.id)::text from shop_setting s where s.shop_id = %(shop)s),
    (select concat_ws('|', p.timezone, p.country) from shop_profile p where p.shop_id = %(shop)s))) as it)
select o.shopify_id, o.read_as, md5(concat_ws('|', beside.it,
    (to_jsonb(o) - 'read_as')::text,
    (select string_agg(l::text, ',' order by l.id) from order_line l where l.shop_id = o.shop_id and l.order_id = o.id),
    (select string_agg(concat_ws('|', f::text,
        (select string_agg(c::text, ',' order by c.id) from fulfillment_line c
            where c.shop_id = f.shop_id and c.fulfillment_id = f.id),
        (select string_agg(e::text, ',' order by e.id) from fulfillment_event e
            where e.shop_id = f.shop_id and e.fulfillment_id = f.id)), ',' order by f.id)
        from fulfillment f where f.shop_id = o.shop_id and f.order_id = o.id),
    (select string_agg(concat_ws('|', r::text,
        (select string_agg(c::text, ',' order by c.id) from refund_line c
            where c.shop_id = r.shop_id and c.refund_id = r.id)), ',' order by r.id)
        from refund r where r.shop_id = o.shop_id and r.order_id = o.id),
    (select string_agg(concat_ws('|', r::text,
        (select string_agg(c::text, ',' order by c.id) from return_line c
            where c.shop_id = r.shop_id and c.return_case_id = r.id)), ',' order by r.id)
        from return_case r where r.shop_id = o.shop_id and r.order_id = o.id),
    (select concat_ws('|', c::text, (select max(s.id) from consent_entry s
            where s.shop_id = c.shop_id and s.customer_id = c.id))
        from customer c where c.shop_id = o.shop_id and c.id = o.customer_id),
    (select string_agg(concat_ws(' ', n.id, n.flow_id, n.version, n.ended_reason), ',' order by n.id)
        from enrollment n where n.shop_id = o.shop_id and n.order_id = o.id)))
from "order" o cross join beside where o.shop_id = %(shop)s and o.shopify_id = any(%(orders)s)"""

MARK: Final = """
update "order" o set read_as = m.mark from unnest(%(orders)s::bigint[], %(marks)s::text[]) as m(shopify_id, mark)
where o.shop_id = %(shop)s and o.shopify_id = m.shopify_id"""


def record_read(session: Session, found: Sequence[OrderFacts], told: Told, *, anew: bool = False) -> int:
    """Keep orders as they were read, and mark them; return how many had to be written. `anew` writes all of them."""
    if not found:
        return 0
    kept = {} if anew else _stand(session, found)
    new = [facts for facts in found if not _is_as_marked(facts, kept.get(facts.shopify_id))]
    for facts in new:
        record_order(session, facts, told)
    if new:
        stands = _stand(session, new)
        marks = {
            facts.shopify_id: None if _is_ahead(facts, told.at) else _mark(facts, stands[facts.shopify_id][1])
            for facts in new
        }
        places = {"shop": entered_shop(session), "orders": list(marks), "marks": list(marks.values())}
        one_trip(session, [(MARK, places)])
    return len(new)


def _is_ahead(facts: OrderFacts, now: datetime) -> bool:
    """Say whether a carrier's clock is ahead of ours: what does not count yet will, without anything changing."""
    told = [
        at for parcel in facts.fulfillments for at in (parcel.delivered_at, *(e.happened_at for e in parcel.events))
    ]
    return any(at is not None and at > now for at in told)


def _is_as_marked(facts: OrderFacts, kept: tuple[str | None, str] | None) -> bool:
    return kept is not None and kept[0] is not None and kept[0] == _mark(facts, kept[1])


def _stand(session: Session, found: Sequence[OrderFacts]) -> dict[int, tuple[str | None, str]]:
    """Return the mark of each known order, and a hash of how it stands, by Shopify's id."""
    places = {"shop": entered_shop(session), "orders": [facts.shopify_id for facts in found]}
    return {order: (mark, stands) for order, mark, stands in one_trip(session, [(STANDS, places)])[0]}


def _mark(facts: OrderFacts, stands: str) -> str:
    told = orjson.dumps(facts, default=_plain, option=orjson.OPT_UTC_Z)
    return hashlib.blake2b(told + stands.encode(), digest_size=16).hexdigest()


def _plain(value: Any) -> Any:
    """Return what stands for a value JSON has no word for."""
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, set | frozenset):
        return sorted(value)
    raise TypeError(type(value).__name__)
