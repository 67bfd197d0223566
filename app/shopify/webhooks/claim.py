"""Lease received webhooks: of every shop some in turn, so that nobody waits behind a shop that sends many.

What has been received is walked from shop to shop, by address and round again, and of each its oldest are taken: fifty
rows of one shop, or one each of fifty. Those of a shop that is set aside (`aside.py`) are claimed apart.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.kit import fault
from app.kit.leases import is_free
from app.kit.rows.one_trip import one_trip
from app.kit.runtime import Runtime
from app.kit.work import unit_of_work
from app.shopify.models import InboxState, WebhookInbox
from app.shopify.webhooks.aside import is_aside
from app.shopify.webhooks.settle import settle

LEASE: Final = timedelta(seconds=60)
BATCH: Final = 50
MAX_ATTEMPTS: Final = 5  # a row that fails this often is parked, so that it cannot hold up the others

TO_APPLY: Final = (WebhookInbox.state == InboxState.RECEIVED, is_free(WebhookInbox.lease_until))
FREE: Final = select(WebhookInbox.id).where(*TO_APPLY)
WAITING: Final = FREE.where(~is_aside()).order_by(WebhookInbox.id).limit(1)
WAITING_ASIDE: Final = FREE.where(is_aside()).order_by(WebhookInbox.id).limit(1)
FIRST_ASIDE: Final = select(func.min(WebhookInbox.id)).where(*TO_APPLY, is_aside()).group_by(WebhookInbox.shop_domain)

_RECEIVED = "webhook_inbox where state = 'received'"
_FREE = "(lease_until is null or lease_until < now())"
_FIRST = f"(select shop_domain from {_RECEIVED} order by shop_domain limit 1)"  # noqa: S608 - our own words
# One shop's, as a stretch of the index: said to be equal, the planner may look through everybody's for it once.
_OF = "shop_domain >= {0} and shop_domain <= {0}"
_SERVED = f"""exists (select from {_RECEIVED} and {_OF.format("at.shop_domain")} and {_FREE})
    and not exists (select from slow_shop where shop_domain = at.shop_domain and until > now())"""  # noqa: S608 - ours
# Each step is one look into the index by shop, however many webhooks a shop has waiting. A shop of which nothing is
# free, or which is set aside, takes no place.
CLAIM_IN_TURN: Final = f"""
with recursive walk (shop_domain, begun_at, is_served, places) as (
    select at.shop_domain, at.shop_domain, served.it, served.it::int
    from (select coalesce(
        case when %(after)s::text is null then (select shop_domain from {_RECEIVED} order by id limit 1) end,
        (select shop_domain from {_RECEIVED} and shop_domain > %(after)s::text order by shop_domain limit 1),
        {_FIRST}
    )) at (shop_domain) cross join lateral (select {_SERVED}) served (it)
    where at.shop_domain is not null
    union all
    select at.shop_domain, walk.begun_at, served.it, walk.places + served.it::int
    from walk cross join lateral (select coalesce(
        (select shop_domain from {_RECEIVED} and shop_domain > walk.shop_domain order by shop_domain limit 1),
        {_FIRST}
    )) at (shop_domain) cross join lateral (select {_SERVED}) served (it)
    where walk.places < {BATCH} and at.shop_domain <> walk.begun_at
), taken as materialized (
    select mine.id, walk.places as place from walk cross join lateral (
        select id from {_RECEIVED} and {_OF.format("walk.shop_domain")} and {_FREE} order by shop_domain, id
        limit (select {BATCH} / max(places) from walk) for update skip locked
    ) mine where walk.is_served
)
update webhook_inbox set lease_until = now() + %(lease)s, attempts = attempts + 1 from taken
where webhook_inbox.id = taken.id
returning webhook_inbox.id, webhook_inbox.shop_domain, webhook_inbox.attempts, taken.place"""  # noqa: S608 - the words above
CLAIM_ASIDE: Final = (
    update(WebhookInbox)
    .values(lease_until=func.now() + LEASE, attempts=WebhookInbox.attempts + 1)
    .where(
        WebhookInbox.id.in_(
            FREE.where(WebhookInbox.id.in_(FIRST_ASIDE)).with_for_update(skip_locked=True).scalar_subquery()
        )
    )
    .returning(WebhookInbox.id, WebhookInbox.shop_domain, WebhookInbox.attempts)
)
GIVE_BACK: Final = """
update webhook_inbox set lease_until = null, attempts = attempts - 1
where id = any(%(ids)s) and state = 'received'"""


@dataclass(frozen=True, slots=True)
class Leased:
    """Hold a row that was claimed: how often it was, with this time, and its shop's place in the turn, from 1."""

    id: int
    shop_domain: str
    attempts: int
    place: int = 1


def waiting(session: Session) -> bool:
    """Tell whether any received webhook is free to be applied."""
    return session.scalar(WAITING) is not None


def waiting_aside(session: Session) -> bool:
    """Tell whether any is of a shop that is set aside."""
    return session.scalar(WAITING_ASIDE) is not None


def claim(runtime: Runtime, after: str | None) -> list[Leased]:
    """Lease BATCH rows at most, of the shops that follow one in turn; return them in the order to apply them in.

    Without a shop to follow the turn begins with the one that has waited longest.
    """
    with unit_of_work(runtime) as session:
        (found,) = one_trip(session, [(CLAIM_IN_TURN, {"after": after, "lease": LEASE})])
        rows = _without_killers(session, [Leased(*row) for row in found])
    if found:
        fault.point("B1")
    return rows


def claim_aside(runtime: Runtime) -> list[Leased]:
    """Lease the oldest row of each shop that is set aside."""
    with unit_of_work(runtime) as session:
        found = [Leased(*row) for row in session.execute(CLAIM_ASIDE)]
        rows = _without_killers(session, found)
    if found:
        fault.point("B1")
    return rows


def give_back(runtime: Runtime, ids: Sequence[int]) -> None:
    """End the leases of rows that were claimed and not applied: none has failed."""
    if ids:
        with unit_of_work(runtime) as session:
            one_trip(session, [(GIVE_BACK, {"ids": list(ids)})])


def in_turn(rows: Iterable[Leased]) -> list[Leased]:
    """Return one row of each shop in turn, each shop's oldest first; those that were tried before come last."""
    seen: Counter[str] = Counter()
    order = []
    for row in sorted(rows, key=lambda row: row.id):
        order.append(((row.attempts > 1, seen[row.shop_domain], row.place), row))
        seen[row.shop_domain] += 1
    return [row for _, row in sorted(order, key=lambda each: each[0])]


def _without_killers(session: Session, found: Sequence[Leased]) -> list[Leased]:
    """Return the rows to apply, in the transaction that leased them, so that one that kills its worker is counted.

    One tried before may be the one that kills: it goes last and alone, so that those behind it are not kept waiting and
    not counted with it, and after the last try it is parked.
    """
    rows = in_turn(found)
    again = [row for row in rows if row.attempts > 1]
    others = [row.id for row in again[1:]]
    if others:
        one_trip(session, [(GIVE_BACK, {"ids": others})])
        del rows[-len(others) :]
    if again and again[0].attempts > MAX_ATTEMPTS:
        settle(session, rows.pop().id, InboxState.PARKED, f"whoever applied it died, {MAX_ATTEMPTS} times")
    return rows
