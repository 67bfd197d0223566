"""Append statements about marketing consent and read what holds now. Nothing is overwritten."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.customers.ledger import OWN, Statement, holds, whole_second
from app.customers.models import ConsentEntry, Customer
from app.kit.rows.one_trip import one_trip
from app.kit.rows.question import SHOP, Question, ask, one_of
from app.kit.work import entered_shop

EMAIL = "email"


@dataclass(frozen=True, slots=True)
class Proof:
    """Hold what shows how a statement was made: the opt-in level, the text a person was shown, where they acted from.

    `level` is Shopify's word; `text_version` names our own words; `ip_hash` is salted, never the address itself.
    """

    level: str | None = None
    text_version: str | None = None
    ip_hash: str | None = None


NO_PROOF = Proof()
STATE: Final = """
insert into consent_entry (shop_id, customer_id, said_of, joined_at, channel, state, opt_in_level, source,
    text_version, ip_hash, happened_at, received_at)
select %(shop)s, %(person)s, %(said_of)s, %(joined_at)s::timestamptz, %(channel)s, %(state)s, %(level)s, %(source)s,
    %(text_version)s, %(ip_hash)s, %(happened_at)s, %(received_at)s
where not exists (select from consent_entry where shop_id = %(shop)s and customer_id = %(person)s
    and said_of = %(said_of)s and channel = %(channel)s and state = %(state)s
    and happened_at >= %(second)s and happened_at < %(second)s + interval '1 second')
on conflict do nothing returning id"""
STATEMENTS = Question(
    select(
        ConsentEntry.customer_id,
        ConsentEntry.state,
        ConsentEntry.happened_at,
        ConsentEntry.source,
        ConsentEntry.said_of,
        ConsentEntry.joined_at,
    )
    .where(ConsentEntry.shop_id == SHOP, one_of(ConsentEntry.customer_id, "people"))
    .where(ConsentEntry.channel == EMAIL)
)


def state_consent(
    session: Session,
    customer_id: int,
    *,
    state: str,
    source: str,
    happened_at: datetime,
    received_at: datetime,
    proof: Proof = NO_PROOF,
) -> bool:
    """Append one statement and return whether it is new: the same said of the same second is known already.

    So an order, the customer's record and the consent topic that tell one thing are one statement, and what we told
    Shopify ourselves adds nothing when it comes back. Said of a customer who was merged away it is kept with the one
    who was kept. Callers hold the customer's lock.
    """
    shop_id = entered_shop(session)
    customer = session.get(Customer, (shop_id, customer_id))
    merged_into = customer.merged_into if customer else None
    kept_by, said_of = (merged_into, customer_id) if merged_into else (customer_id, OWN)
    said = {
        "shop": shop_id,
        "person": kept_by,
        "said_of": said_of,
        "joined_at": customer.merged_at if customer and merged_into else None,
        "channel": EMAIL,
        "state": str(state),
        "level": proof.level,
        "source": str(source),
        "text_version": proof.text_version,
        "ip_hash": proof.ip_hash,
        "happened_at": happened_at,
        "received_at": received_at,
        "second": whole_second(happened_at),
    }
    (new,) = one_trip(session, [(STATE, said)])
    return bool(new)


def current(session: Session, customer_ids: list[int]) -> dict[int, str]:
    """Return the state that holds for each customer; who never stated anything is not in the result."""
    return {customer_id: said.state for customer_id, said in standing(session, customer_ids).items()}


def standing(session: Session, customer_ids: list[int]) -> dict[int, Statement]:
    """Return the statement that holds for each customer."""
    (rows,) = ask(session, (STATEMENTS, {"people": customer_ids}))
    return of_each(rows)


def of_each(rows: Iterable[ConsentEntry]) -> dict[int, Statement]:
    """Return the same from the statements read."""
    said: dict[int, list[Statement]] = defaultdict(list)
    for row in rows:
        said[row.customer_id].append(Statement(row.state, row.happened_at, row.source, row.said_of, row.joined_at))
    return {customer_id: found for customer_id, each in said.items() if (found := holds(each)) is not None}
