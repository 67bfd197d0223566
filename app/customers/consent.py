"""Append statements about marketing consent and read what holds now. Nothing is overwritten."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import BigInteger, DateTime, Text, bindparam, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.customers.ledger import OWN, Statement, holds, whole_second
from app.customers.models import ConsentEntry, Customer
from app.kit.question import SHOP, Question, ask, one_of
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
A_SECOND = timedelta(seconds=1)
SAID = Question(
    select(ConsentEntry.id)
    .where(
        ConsentEntry.shop_id == SHOP,
        ConsentEntry.customer_id == bindparam("person", type_=BigInteger),
        ConsentEntry.said_of == bindparam("said_of", type_=BigInteger),
        ConsentEntry.channel == EMAIL,
        ConsentEntry.state == bindparam("state", type_=Text),
        ConsentEntry.happened_at >= bindparam("since", type_=DateTime(timezone=True)),
        ConsentEntry.happened_at < bindparam("until", type_=DateTime(timezone=True)),
    )
    .limit(1)
)
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
    shop_id, second = entered_shop(session), whole_second(happened_at)
    customer = session.get(Customer, (shop_id, customer_id))
    merged_into = customer.merged_into if customer else None
    kept_by, said_of = (merged_into, customer_id) if merged_into else (customer_id, OWN)
    about = {"person": kept_by, "said_of": said_of, "state": str(state), "since": second, "until": second + A_SECOND}
    (known,) = ask(session, (SAID, about))
    if known:
        return False
    session.execute(
        insert(ConsentEntry)
        .values(
            shop_id=shop_id,
            customer_id=kept_by,
            said_of=said_of,
            joined_at=customer.merged_at if customer and merged_into else None,
            channel=EMAIL,
            state=state,
            opt_in_level=proof.level,
            source=source,
            text_version=proof.text_version,
            ip_hash=proof.ip_hash,
            happened_at=happened_at,
            received_at=received_at,
        )
        .on_conflict_do_nothing(),
    )
    return True


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
