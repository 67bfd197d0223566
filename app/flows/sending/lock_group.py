"""Lock all that could change whether a group of messages may be handed off, and read its fingerprint under lock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy.orm import Session

from app.customers.suppress import ADDRESS_KEY
from app.flows.facts.grounds import Fingerprint, asked, fingerprints
from app.kit.rows.one_trip import one_trip
from app.kit.work import entered_shop
from app.messages.outbox import Prepared

# In the order everybody locks in: shop, flow, order, person, address, row. Who writes about one of them locks it first.
SENDERS: Final = (
    "select id from shop where id = %(shop)s for share",
    """select id from flow where shop_id = %(shop)s and id in (
        select e.flow_id from follow_up f join enrollment e on e.shop_id = f.shop_id and e.id = f.enrollment_id
        where f.shop_id = %(shop)s and f.id = any(%(ids)s)
    ) order by id for share""",
)
# Who is meant is found first, as an array, so that each lock is a look at an index: as one join, a database that has no
# statistics yet compares every person of the shop with every order of it.
# `email = any`: both were spelled by customers/address.py when they were stored.
LOCKS: Final = (
    *SENDERS,
    """select id from "order" where shop_id = %(shop)s and id = any(array(
        select order_id from follow_up where shop_id = %(shop)s and id = any(%(ids)s)
    )) order by id for share""",
    """with o as materialized (
        select customer_id, email from "order" where shop_id = %(shop)s and id = any(array(
            select order_id from follow_up where shop_id = %(shop)s and id = any(%(ids)s)
        ))
    ) select id from customer where shop_id = %(shop)s and id = any(array(
        select customer_id from o where customer_id is not null
        union
        select id from customer where shop_id = %(shop)s and email = any(array(select email from o))
    )) order by id for update""",
    f"""with o as materialized (
        select customer_id, email from "order" where shop_id = %(shop)s and id = any(array(
            select order_id from follow_up where shop_id = %(shop)s and id = any(%(ids)s)
        ))
    ) select pg_advisory_xact_lock(key) from (
        select distinct {ADDRESS_KEY.format(shop="%(shop)s::bigint", address="email")} as key from (
            select email from o
            union all
            select email from customer where shop_id = %(shop)s
                and id = any(array(select customer_id from o where email is null))
        ) theirs where email is not null order by key
    ) addresses""",  # noqa: S608 - our words
    """select id, fence from follow_up where shop_id = %(shop)s and id = any(%(ids)s) and state = 'claimed'
    order by id for update""",
)


@dataclass(frozen=True, slots=True)
class Locked:
    """Hold the messages whose claim is still ours, and the fingerprints of what they rest on, by follow-up."""

    mine: list[Prepared]
    fingerprints: Mapping[int, Fingerprint]


def lock(session: Session, group: Sequence[Prepared]) -> Locked:
    """Lock shop, flows, orders, people and rows of the messages until the transaction ends.

    One round trip; each statement sees what was committed while the one before it waited.
    """
    shop_id = entered_shop(session)
    ids = [each.follow_up_id for each in group]
    facts: Mapping[str, Any] = {"shop": shop_id, "ids": ids}
    *_, rows, prints = one_trip(session, [*((sql, facts) for sql in LOCKS), asked(shop_id, ids)])
    fences = dict(rows)
    mine = [each for each in group if fences.get(each.follow_up_id) == each.fence]
    return Locked(mine, fingerprints(prints))
