"""Say what starting would do, and that it is done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app.customers.models import Customer
from app.flows.facts.people import first_name, full_name
from app.flows.planning.by_hand.start import Choice, Offer, first_due
from app.flows.planning.suppose import Supposed
from app.flows.rules.decision import Postpone, Send, Skip
from app.flows.rules.reasons import Reason
from app.flows.words.count_words import counted
from app.flows.words.day_words import next_words
from app.flows.words.decided.explain import reason_words
from app.flows.words.described.step_words import NAMES, due_words, step_name, when_words
from app.orders.models import Order


@dataclass(frozen=True, slots=True)
class Row:
    """One supposed message in words; `goes` is false where it would be left out or wait, and `words` say why."""

    step: str
    goes: bool
    words: str


@dataclass(frozen=True, slots=True)
class Person:
    """What one order on its way would get."""

    name: str
    order: str
    rows: tuple[Row, ...]


def people(told: Offer, zone: ZoneInfo, now: datetime) -> list[Person]:
    """Return each order's messages in words, whoever hears first first; `zone` is the merchant's."""
    by_order: dict[int, list[Supposed]] = {}
    for each in told.messages:
        by_order.setdefault(each.gathered.order.id, []).append(each)
    return [
        Person(
            full_name(found[0].gathered.person.customer, found[0].gathered.order),
            found[0].gathered.order.name,
            tuple(_row(each, zone, now) for each in sorted(found, key=_place)),
        )
        for found in by_order.values()
    ]


def _place(each: Supposed) -> int:
    """Return where a message stands among the others of its order: as the flows show them."""
    key = each.gathered.step.key
    return list(NAMES).index(key) if key in NAMES else len(NAMES)


def _row(each: Supposed, zone: ZoneInfo, now: datetime) -> Row:
    one, verdict = each.gathered, each.verdict
    if isinstance(verdict, Send) or goes(each):
        words = when_words(one.facts, now, zone)
    else:
        until = verdict.until if isinstance(verdict, Postpone) else None
        name = first_name(one.person.customer, one.order)
        words = reason_words(verdict.reason, one.facts, name, until=until, now=now, yours=zone)
    return Row(step_name(one.step.key), goes(each), words)


def goes(each: Supposed) -> bool:
    """Tell whether a message would go out; one that waits for a report of arrival does, once that comes."""
    unreported = isinstance(each.verdict, Skip) and each.verdict.reason is Reason.DELIVERY_UNCONFIRMED
    return isinstance(each.verdict, Send) or unreported


def consequence(choice: Choice, told: Offer, zone: ZoneInfo, now: datetime) -> str:
    """Return what pressing Start does."""
    going = _going(choice, told)
    if not going:
        return "Nothing goes out until the next order is placed."
    people = len({each.gathered.order.id for each in going})
    first = _first(going)
    start = (
        f"the first {_when(first, zone, now)}, to {first_name(first.gathered.person.customer, first.gathered.order)}"
        if first
        else "the first once a parcel has arrived"
    )
    return f"{counted(len(going), 'message')} about {counted(people, 'order')}, {start}."


def button(choice: Choice, told: Offer, zone: ZoneInfo, now: datetime) -> str:
    """Return what stands on the button."""
    going = _going(choice, told)
    if not going:
        return "Start with the next order"
    first = _first(going)
    return f"Start: first message {_when(first, zone, now)}" if first else "Start"


def running(session: Session, zone: ZoneInfo, now: datetime) -> str:
    """Return that it runs, and what goes out first: "Running. First message today 16:05, to Ana."."""
    first = first_due(session)
    if first is None:
        return "Running. The first message goes out with the next order."
    if first.provisional:
        return "Running. The first message goes out once a parcel has arrived."
    order = session.get_one(Order, (first.shop_id, first.order_id))
    customer = session.get(Customer, (first.shop_id, order.customer_id)) if order.customer_id else None
    return f"Running. First message {due_words(first.due_at, zone, now, zone)}, to {first_name(customer, order)}."


def _going(choice: Choice, told: Offer) -> list[Supposed]:
    return [each for each in told.messages if goes(each)] if choice.include_on_the_road else []


def _first(going: list[Supposed]) -> Supposed | None:
    """Return the first message whose day is known; what waits for an arrival has none yet."""
    known = [each for each in going if not each.gathered.follow_up.provisional]
    return min(known, key=lambda each: each.gathered.follow_up.due_at, default=None)


def _when(first: Supposed, zone: ZoneInfo, now: datetime) -> str:
    return next_words(first.gathered.follow_up.due_at, zone, now)
