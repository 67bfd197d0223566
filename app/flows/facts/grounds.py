"""What a decision to send rests on, and whether any of it has changed since.

The hand-off has to read again, under lock, everything that could change the answer. Reading it all twice as facts costs
as much as deciding; so the rows the facts come from are read a second time as one fingerprint. Where it is the one
taken before the facts were read, the facts still hold; where it is not, they are gathered and decided anew. Every table
that app.flows.facts.gather reads is in PRINT: a test holds it to that.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from app.flows.rules.decision import Facts
from app.kit.rows.one_trip import Asked, PlannedOnce

# (follow-up, what, fingerprint of its rows) for what a follow-up is one of, and for each table it has rows in. A row is
# known by its place and the transaction that wrote it there: every write moves it, and nothing has to be read out.
# Joins of few tables on purpose: however wrong the planner's idea of a young database is, none reads a row twice.
# Versions of a flow never change: which of them holds stands in the rows of the flow and the run.
_RUNS: Final = """with f as materialized (
    select f.id, f.shop_id, f.order_id, e.subject_kind, e.subject_id, o.customer_id,
        f.step || case when e.occurrence > 0 then '@' || e.occurrence else '' end as spoken_as,
        encode(sha256(convert_to(coalesce(o.email, c.email), 'UTF8')), 'hex') as address,
        coalesce(o.email, c.email) as recipient,
        concat_ws(' ', f.ctid, f.xmin, e.ctid, e.xmin, w.ctid, w.xmin, o.ctid, o.xmin, c.ctid, c.xmin) as told
    from follow_up f
    join enrollment e on e.shop_id = f.shop_id and e.id = f.enrollment_id
    join flow w on w.shop_id = e.shop_id and w.id = e.flow_id
    join "order" o on o.shop_id = f.shop_id and o.id = f.order_id
    left join customer c on c.shop_id = o.shop_id and c.id = o.customer_id
    where f.shop_id = %(shop)s and f.id = any(%(ids)s)
)"""
_ITSELF: Final = """select f.id, 'itself', md5(f.told || shop.told) from f, (select row(
    (select s from shop s where s.id = %(shop)s),
    (select p from shop_profile p where p.shop_id = %(shop)s),
    (select array_agg(row(x.section, x.version) order by x.section, x.version) from shop_setting x
        where x.shop_id = %(shop)s),
    (select array_agg(row(e.key, e.stopped_at, a.key, a.weight) order by a.id) from experiment e
        join arm a on a.shop_id = e.shop_id and a.experiment_id = e.id where e.shop_id = %(shop)s),
    (select array_agg(r order by r.id) from restoration r),
    (select array_agg(h.id order by h.id) from halt h where h.released_at is null)
)::text as told) shop"""
_OF_ORDER: Final = "x.shop_id = f.shop_id and x.order_id = f.order_id"
_OF_PERSON: Final = "x.shop_id = f.shop_id and x.customer_id = f.customer_id"
_ROWS: Final = {
    "order_line": f"join order_line x on {_OF_ORDER}",
    "return_case": f"join return_case x on {_OF_ORDER}",
    "return_line": "join return_case r on r.shop_id = f.shop_id and r.order_id = f.order_id"
    " join return_line x on x.shop_id = r.shop_id and x.return_case_id = r.id",
    "refund": f"join refund x on {_OF_ORDER}",
    "refund_line": "join refund r on r.shop_id = f.shop_id and r.order_id = f.order_id"
    " join refund_line x on x.shop_id = r.shop_id and x.refund_id = r.id",
    "fulfillment": f"join fulfillment x on {_OF_ORDER}",
    "fulfillment_line": "join fulfillment p on p.shop_id = f.shop_id and p.order_id = f.order_id"
    " join fulfillment_line x on x.shop_id = p.shop_id and x.fulfillment_id = p.id",
    "arrival_denial": "join order_line l on l.shop_id = f.shop_id and l.order_id = f.order_id"
    " join arrival_denial x on x.shop_id = l.shop_id and x.order_line_id = l.id",
    "review": "join order_line l on l.shop_id = f.shop_id and l.order_id = f.order_id"
    " join review x on x.shop_id = l.shop_id and x.order_line_id = l.id",
    "consent_entry": f"join consent_entry x on {_OF_PERSON}",
    "preference": f"join preference x on {_OF_PERSON}",
    "product": "join order_line l on l.shop_id = f.shop_id and l.order_id = f.order_id"
    " join product x on x.shop_id = l.shop_id and x.shopify_id = l.product_shopify_id",
    "order": f'join "order" x on {_OF_PERSON}',
    "suppression": "join suppression x on x.shop_id = f.shop_id and x.address_hash = f.address",
}
# Other rows about parcels of the same order: whether one of them speaks for this too, and what news went before it.
_BESIDE: Final = (
    "join follow_up x on x.shop_id = f.shop_id and x.order_id = f.order_id and x.id <> f.id"
    " where f.subject_kind = 'fulfillment'"
)
_SAID: Final = "join message m on m.shop_id = i.shop_id and m.id = i.message_id and m.follow_up_id <> f.id"
_SPOKEN: Final = {
    "said of it": "join message_item i on i.shop_id = f.shop_id and i.item_kind = f.subject_kind"
    f" and i.item_id = f.subject_id and i.step = f.spoken_as {_SAID}",
    "said of its lines": "join order_line l on l.shop_id = f.shop_id and l.order_id = f.order_id join message_item i on"
    f" i.shop_id = f.shop_id and i.item_kind = 'order_line' and i.item_id = l.id and i.step = f.spoken_as {_SAID}",
}

# What the person has had: by whoever they are, and by the address. Who else waits for room with them is not in it: that
# decides who goes first, never whether there is room. Found once for all rows: asked row by row, a database without
# statistics looked through everybody's messages for every message.
_HEARD: Final = """, heard as materialized (
    select f.id, f.shop_id, m.id as message_id from f
        join message m on m.shop_id = f.shop_id and m.recipient = f.recipient
    union select f.id, f.shop_id, m.id from f join message m on m.shop_id = f.shop_id and m.customer_id = f.customer_id
    union select f.id, f.shop_id, m.id from f join customer p on p.shop_id = f.shop_id and p.email = f.recipient
        join message m on m.shop_id = p.shop_id and m.customer_id = p.id
)
select f.id, 'heard', md5(array_agg(row(m.id, m.state, m.sent_at, m.substance, i.item_id) order by m.id, i.id)::text)
from heard f
join message m on m.shop_id = f.shop_id and m.id = f.message_id and m.follow_up_id <> f.id and m.sent_at is not null
left join message_item i on i.shop_id = m.shop_id and i.message_id = m.id group by f.id union all """


def _each(name: str, rows: str, joins: str) -> str:
    return f"select f.id, '{name}', md5(array_agg({rows})::text) from f {joins} group by f.id"  # noqa: S608 - our texts


PRINT: Final = (
    _RUNS
    + _HEARD
    + " union all ".join(
        [_ITSELF]
        + [_each(name, "x.ctid || ' ' || x.xmin order by x.id", joins) for name, joins in _ROWS.items()]
        + [
            _each(
                "beside", "row(x.id, x.step, x.state = 'done', x.outcome, x.done_at, x.due_at) order by x.id", _BESIDE
            )
        ]
        + [_each(name, "row(i, m.follow_up_id, m.state) order by i.id", joins) for name, joins in _SPOKEN.items()]
    )
)


Fingerprint = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Grounds:
    """Hold the facts a message was decided by, and the fingerprint of the rows they were read from.

    `keys` are who it goes to: whoever shares one is the same person.
    """

    fingerprint: Fingerprint
    facts: Facts
    keys: frozenset[int | str] = frozenset()


def asked(shop_id: int, follow_up_ids: Sequence[int]) -> Asked:
    """Return the question for `one_trip`; `fingerprints` reads the answer."""
    facts: Mapping[str, Any] = {"shop": shop_id, "ids": list(follow_up_ids)}
    return PlannedOnce(PRINT), facts


def fingerprints(rows: Iterable[tuple[Any, ...]]) -> dict[int, Fingerprint]:
    """Return the fingerprint of everything each follow-up's decision rests on."""
    found: dict[int, dict[str, str]] = defaultdict(dict)
    for follow_up_id, name, digest in rows:
        found[follow_up_id][name] = digest
    return dict(found)
