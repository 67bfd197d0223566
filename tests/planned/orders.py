"""The orders whose plan is compared: what becomes of each, as the shop would tell it.

Each is drawn by its own number, so that more of them change nothing about those there are.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from app.orders.record.told import RECONCILE, WEBHOOK
from app.shopify.payloads.facts import (
    DestinationFacts,
    FulfillmentEventFacts,
    FulfillmentFacts,
    LineFacts,
    Money,
    OrderFacts,
    RefundFacts,
    ReturnFacts,
)
from app.shopify.payloads.people import CustomerFacts, EmailConsentFacts
from app.shopify.payloads.vocabulary import (
    FinancialStatus,
    FulfillmentStatus,
    MarketingState,
    OrderFulfillment,
    ReturnStatus,
    ShipmentStatus,
)

SEED = 20261122
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
STARTED = datetime(2026, 10, 23, 9, tzinfo=UTC)  # the flows; Europe's clocks change that weekend, America's the next
ORDERS, PEOPLE = 20, 13
# Where parcels go: clocks ahead and behind, one with a half hour, some that change, some that do not, and none known.
PLACES = (
    ("GB", None, "SW1A 1AA"), ("DE", None, "10115"), ("US", "CA", "94103"), ("US", "NY", "10001"),
    ("US", "FL", "32501"), ("AU", "SA", "5000"), ("JP", "JP-13", "100-0001"), ("IN", "KA", "560001"),
    ("FR", None, "75001"), (None, None, None),
)  # fmt: skip
GOODS = (("Harbour kettle", "HK-1", 64), ("Stoneware mugs", "MUG-2", 32), ("Paper filters", "PF-1", 6))


@dataclass(frozen=True)
class Act:
    """Something that happens to an order: when, in a word, and what it makes of the order."""

    at: datetime
    word: str
    change: Callable[[OrderFacts], OrderFacts]
    source: str = WEBHOOK


@dataclass(frozen=True)
class Telling:
    """What we are told: when it happened, when we hear it, and the order as it then is."""

    at: datetime
    heard: datetime
    source: str
    order: OrderFacts


@dataclass(frozen=True)
class Tale:
    """One order's tellings and the same in words."""

    name: str
    words: str
    told: tuple[Telling, ...]


def tales(count: int = ORDERS) -> list[Tale]:
    """Return what becomes of so many orders."""
    return [_tale(number, random.Random(f"{SEED}.{number}")) for number in range(1, count + 1)]


def _tale(number: int, dice: random.Random) -> Tale:
    at = (STARTED + (dice.random() * 24 - 2) * DAY).replace(microsecond=0)
    order, kind = _placed(dice, number, at)
    words, told = (
        [order.destination.country or "no country", f"placed {at:%-d %b}", *kind],
        [Telling(at, at, WEBHOOK, order)],
    )
    for act in sorted(_acts(dice, order), key=lambda each: each.at):
        order = replace(act.change(order), updated_at=act.at)
        late = dice.random() * 2 * DAY if dice.random() < 0.15 else 0 * DAY
        told.append(Telling(act.at, act.at + late, act.source, order))
        words.append(f"{act.word} {act.at:%-d %b}{f', heard {act.at + late:%-d %b}' if late > 12 * HOUR else ''}")
    return Tale(order.name, " · ".join(words), tuple(sorted(told, key=lambda each: each.heard)))


def _placed(dice: random.Random, number: int, at: datetime) -> tuple[OrderFacts, list[str]]:
    """Return an order as it is placed, and what is special about it."""
    person = int(dice.random() * PEOPLE)
    place = PLACES[int(dice.random() * len(PLACES))]
    agreed = MarketingState.SUBSCRIBED if person % 3 else MarketingState.NOT_SUBSCRIBED
    lines = tuple(
        LineFacts(
            10 * number + n, 700 + n, 800 + n, title, None, sku, 1 + int(dice.random() * 2), 1, requires_shipping=True,
            is_gift_card=False, unit_price=Money(Decimal(price), "GBP"),
        )
        for n, (title, sku, price) in enumerate(GOODS[: 1 + int(dice.random() * 3)])
    )  # fmt: skip
    lines = tuple(replace(line, current_quantity=line.quantity) for line in lines)
    order = OrderFacts(
        shopify_id=number, name=f"#{1000 + number}", email=f"buyer{person}@example.com", phone=None, locale="en",
        total=Money(Decimal(90), "GBP"), financial_status=FinancialStatus.PAID,
        fulfillment_status=OrderFulfillment.UNFULFILLED, is_test=False, note=None, tags=(), discount_codes=(),
        attributes=(), source="web", service="Standard", cancel_reason=None, created_at=at, placed_at=at, updated_at=at,
        cancelled_at=None, closed_at=None, destination=DestinationFacts("Ana", "Ferreira", *place),
        customer=CustomerFacts(
            900 + person, f"buyer{person}@example.com", None, "Ana", "Ferreira", place[0], place[1], at, at,
            locale="en", consent=EmailConsentFacts(agreed, STARTED - 90 * DAY),
        ),
        lines=lines, fulfillments=(), refunds=(),
    )  # fmt: skip
    kinds = {
        "a gift": {"attributes": (("Gift", "yes"),)},
        "a renewal": {"source": "subscription_contract"},
        "a test": {"is_test": True},
        "not paid": {"financial_status": FinancialStatus.PENDING},
        "with a code": {"discount_codes": ("VIP1",)},
    }
    drawn = int(dice.random() * 30)
    if drawn < len(kinds):
        kind = list(kinds)[drawn]
        return replace(order, **kinds[kind]), [kind]
    return order, []


def _acts(dice: random.Random, order: OrderFacts) -> Iterator[Act]:
    """Yield what happens to an order after it was placed, in no order."""
    at = order.placed_at
    if order.financial_status is FinancialStatus.PENDING:
        yield Act(at + 5 * HOUR, "paid", lambda told: replace(told, financial_status=FinancialStatus.PAID))
    if dice.random() < 0.06:
        yield Act(at + dice.random() * 5 * DAY, "cancelled", _cancelled)
    if dice.random() < 0.93:
        shares = [order.lines]
        if len(order.lines) > 1 and dice.random() < 0.4:
            shares = [order.lines[:1], order.lines[1:]]
        for place, share in enumerate(shares):
            number = 10 * order.shopify_id + place
            packed = tuple((line.shopify_id, line.quantity) for line in share)
            yield from _parcel(dice, order, number, packed, at + (0.3 + dice.random() * 4) * DAY)
    covers = order.lines[int(dice.random() * len(order.lines))]
    if dice.random() < 0.1:
        yield _refund(order, covers, at + (3 + dice.random() * 20) * DAY)
    if dice.random() < 0.12:
        yield from _returned(dice, order, covers, at + (6 + dice.random() * 10) * DAY)


def _parcel(
    dice: random.Random, order: OrderFacts, number: int, packed: tuple[tuple[int, int], ...], at: datetime
) -> Iterator[Act]:
    """Yield a parcel's way: sent, seen, there or not, sometimes called back or taken back."""
    tracked = dice.random() < 0.85
    sent = FulfillmentFacts(
        number, order.shopify_id, f"{order.name}.{number % 10 + 1}", FulfillmentStatus.SUCCESS, None,
        "Royal Mail" if tracked else None, (f"RM{number}",) if tracked else (), (), at, at, packed,
    )  # fmt: skip
    yield Act(at, "sent" if tracked else "sent untracked", lambda told: _keep(told, sent))
    if dice.random() < 0.04:
        back = replace(sent, status=FulfillmentStatus.CANCELLED, updated_at=at + DAY)
        yield Act(at + DAY, "parcel cancelled", lambda told: _keep(told, back))
    elif tracked:
        there = at + (1 + dice.random() * 7) * DAY
        scans = []
        for place, status in enumerate(("in_transit", "out_for_delivery", "delivered")):
            if dice.random() < 0.7:
                scans.append((ShipmentStatus(status), at + (there - at) * (place + 1) / 3))
        if scans and dice.random() < 0.08:
            scans.append((ShipmentStatus.FAILURE, there + 6 * HOUR))
        for place, (status, seen) in enumerate(scans):
            scan = FulfillmentEventFacts(
                10 * number + place, number, order.shopify_id, status, None, None, seen, seen, None
            )
            yield Act(seen, status.replace("_", " "), lambda told, scan=scan: _seen(told, scan))
        if scans and scans[-1][0] is ShipmentStatus.DELIVERED and dice.random() < 0.1:
            gone = 10 * number + len(scans) - 1
            yield Act(there + 2 * DAY, "delivered taken back", lambda told: _unseen(told, gone), RECONCILE)


def _returned(dice: random.Random, order: OrderFacts, line: LineFacts, at: datetime) -> Iterator[Act]:
    """Yield a return: asked for, and mostly declined or closed later."""
    case = ReturnFacts(
        order.shopify_id, order.shopify_id, ReturnStatus.OPEN, "R1", at, None, ((line.shopify_id, line.quantity),)
    )
    yield Act(at, "return opened", lambda told: replace(told, returns=(case,)))
    end = (ReturnStatus.CLOSED, ReturnStatus.DECLINED, None)[int(dice.random() * 3)]
    if end is not None:
        later = at + (1 + dice.random() * 6) * DAY
        ended = replace(case, status=end, closed_at=later)
        yield Act(later, f"return {end}", lambda told: replace(told, returns=(ended,)))


def _refund(order: OrderFacts, line: LineFacts, at: datetime) -> Act:
    lines = ((line.shopify_id, line.quantity, "no_restock"),)
    refund = RefundFacts(order.shopify_id, order.shopify_id, None, Money(Decimal(20), "GBP"), at, at, lines)
    whole = len(order.lines) == 1
    status = FinancialStatus.REFUNDED if whole else FinancialStatus.PARTIALLY_REFUNDED
    left = tuple(replace(each, current_quantity=0) if each == line else each for each in order.lines)
    word = "refunded" if whole else "refunded in part"
    return Act(at, word, lambda told: replace(told, financial_status=status, refunds=(refund,), lines=left))


def _cancelled(told: OrderFacts) -> OrderFacts:
    return replace(told, cancelled_at=told.placed_at + 2 * DAY, financial_status=FinancialStatus.VOIDED)


def _keep(told: OrderFacts, parcel: FulfillmentFacts) -> OrderFacts:
    others = tuple(each for each in told.fulfillments if each.shopify_id != parcel.shopify_id)
    known = next((each for each in told.fulfillments if each.shopify_id == parcel.shopify_id), parcel)
    kept = tuple(sorted((*others, replace(parcel, events=known.events)), key=lambda each: each.shopify_id))
    return replace(told, fulfillments=kept, fulfillment_status=OrderFulfillment.FULFILLED)


def _seen(told: OrderFacts, scan: FulfillmentEventFacts) -> OrderFacts:
    return _scans(told, scan.fulfillment_shopify_id, lambda events: (*events, scan))


def _unseen(told: OrderFacts, scan: int) -> OrderFacts:
    return _scans(told, scan // 10, lambda events: tuple(each for each in events if each.shopify_id != scan))


def _scans(told: OrderFacts, parcel: int, change: Callable[[tuple], tuple]) -> OrderFacts:
    parcels = (
        replace(each, events=change(each.events)) if each.shopify_id == parcel else each for each in told.fulfillments
    )
    return replace(told, fulfillments=tuple(parcels))
