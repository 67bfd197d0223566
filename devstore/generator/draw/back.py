"""Draw what comes back of an order: refunds of lost and broken goods, returns, exchanges."""

import random
from datetime import datetime, timedelta

from devstore.generator.draw.demand import Sale
from devstore.generator.draw.parcels import Parcel, Way, send
from devstore.generator.rates import Rates
from devstore.generator.truth import Bought, Event, OrderEdited, Refunded, ReturnAsked, ReturnMoved

REASONS = ("unwanted", "size_too_small", "not_as_described", "defective", "wrong_item", "style")


def come_back(
    dice: random.Random,
    rates: Rates,
    way: Way,
    sale: Sale,
    order: int,
    lines: tuple[Bought, ...],
    parcels: list[Parcel],
) -> list[Event]:
    """Return the events after the parcels left; nothing for most orders."""
    lost = [parcel for parcel in parcels if parcel.arrived_at is None]
    if lost:
        if dice.random() >= rates.lost_refunded:
            return []
        at = lost[0].sent_at + timedelta(days=dice.uniform(18, 35))
        note = "Never arrived"
        return [Refunded(at=at, shop=way.shop, order=order, lines=lost[0].lines, note=note, whole=len(parcels) == 1)]
    if not parcels:
        return []
    arrived = max(parcel.arrived_at for parcel in parcels if parcel.arrived_at is not None)
    chance = dice.random()
    if chance < rates.returned:
        return _returned(dice, rates, way, sale, order, lines, parcels, arrived)
    if chance < rates.returned + rates.refunded:
        everything = tuple(pair for parcel in parcels for pair in parcel.lines)
        at = arrived + timedelta(days=dice.uniform(0.5, 9))
        return [Refunded(at=at, shop=way.shop, order=order, lines=everything, note="Arrived broken", whole=True)]
    if chance < rates.returned + rates.refunded + rates.refunded_in_part:
        place, _ = dice.choice(parcels[0].lines)
        at = arrived + timedelta(days=dice.uniform(0.5, 9))
        return [Refunded(at=at, shop=way.shop, order=order, lines=((place, 1),), note="One piece was chipped")]
    return []


def _returned(
    dice: random.Random,
    rates: Rates,
    way: Way,
    sale: Sale,
    order: int,
    lines: tuple[Bought, ...],
    parcels: list[Parcel],
    arrived: datetime,
) -> list[Event]:
    parcel = dice.choice(parcels)
    place, quantity = dice.choice(parcel.lines)
    back = ((place, dice.randint(1, quantity)),)
    asked = arrived + timedelta(days=dice.uniform(1, 13))
    about = {"shop": way.shop, "order": order}
    events: list[Event] = [
        ReturnAsked(**about, at=asked, parcel=parcel.number, lines=back, reason=dice.choice(REASONS))  # type: ignore[arg-type]
    ]
    decided = asked + timedelta(hours=dice.uniform(1, 40))
    if dice.random() < rates.declined:
        return [*events, ReturnMoved(at=decided, shop=way.shop, order=order, status="declined")]
    events.append(ReturnMoved(at=decided, shop=way.shop, order=order, status="open"))
    if dice.random() < rates.left_open:
        return events
    closed = decided + timedelta(days=dice.uniform(3, 16))
    events.append(ReturnMoved(at=closed, shop=way.shop, order=order, status="closed"))
    if dice.random() >= rates.exchanged:
        return [*events, Refunded(at=closed, shop=way.shop, order=order, lines=back, note="Came back")]
    bought = lines[place]
    instead = Bought(bought.product, bought.form, back[0][1], bought.price, bought.carried, bought.gift_card)
    added = closed + timedelta(minutes=5)
    events.append(OrderEdited(at=added, shop=way.shop, order=order, added=(instead,)))
    left = added + timedelta(hours=dice.uniform(4, 40))
    swapped = send(way, sale, order, len(parcels) + 1, ((len(lines), instead.quantity),), left)
    return [*events, *swapped.events]
