"""Say what holds for every mail to a person: erased, merged, an address that takes no mail, an unsubscribe, a pause."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.customers.address import address_hash
from app.customers.models import Customer, Suppression, SuppressionScope
from app.flows.words.day_words import date_words, on_day
from app.orders.models import Order

STOPS: Final = {
    "hard_bounce": "This address takes no mail",
    "complaint": "Marked as spam",
    "erased": "This address was erased on request",
}
HOLDS: Final = {
    "hard_bounce": "Nothing is sent to it. An order placed under another address gets its own messages.",
    "complaint": "Nothing is sent to this address again.",
    "erased": "Nothing is sent to it again.",
}


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing that holds for every mail to the person."""

    tone: str
    heading: str
    words: str
    href: str = ""


def notices(
    session: Session, customer: Customer, orders: Sequence[Order], zone: ZoneInfo, now: datetime
) -> list[Notice]:
    """Return what holds, the gravest first. `orders` are the latest ones: they may carry other addresses."""
    if customer.erased_at is not None:
        on = date_words(customer.erased_at, zone, now)
        return [Notice("info", f"Erased on request, {on}", "Counts remain, the person does not.")]
    found = []
    if customer.merged_into is not None:
        href = f"/customers/{customer.merged_into}"
        found.append(Notice("info", "Merged into another customer", "What is still to come goes on there.", href))
    addresses = {address_hash(each): each for each in (customer.email, *(order.email for order in orders)) if each}
    rows = session.scalars(
        select(Suppression)
        .where(Suppression.shop_id == customer.shop_id, Suppression.address_hash.in_(addresses))
        .order_by(Suppression.scope, Suppression.happened_at)
    )
    for row in rows:
        on, whose = on_day(row.happened_at, zone, now), addresses[row.address_hash]
        if row.scope is SuppressionScope.ADDRESS:
            said = f" The mail server's words: “{row.detail}”." if row.detail else ""
            words = f"{whose}, known {on}.{said} {HOLDS.get(row.reason, '')}"
            found.append(Notice("critical", STOPS.get(row.reason, "This address is stopped"), words.strip()))
        else:
            words = f"{whose} unsubscribed {on}. Order news still goes out. Only the person can take it back."
            found.append(Notice("warning", "Unsubscribed from everything optional", words))
    return found
