"""Draw one parcel's way: by which carrier, what is scanned, what of it the shop learns and when."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from devstore.generator.draw.demand import Sale
from devstore.generator.draw.homes import CARRIERS
from devstore.generator.lanes import UNTRACKED, Lane
from devstore.generator.rates import Rates
from devstore.generator.transit import Journey, Scan
from devstore.generator.truth import Arrived, AtCounter, Event, Lost, ParcelSent, Scanned

EXPRESS, ECONOMY = 0.15, 0.2
ORIGIN = "GB"

Transit = Callable[[random.Random, Lane, datetime], Journey]


@dataclass(frozen=True, slots=True)
class Way:
    """How parcels leave one shop."""

    dice: random.Random
    shop: str
    rates: Rates
    transit: Transit


@dataclass(frozen=True, slots=True)
class Parcel:
    """One parcel's life. `arrived_at` is the truth, also where nobody reports it."""

    number: int
    lines: tuple[tuple[int, int], ...]
    sent_at: datetime
    arrived_at: datetime | None
    events: list[Event]


def send(
    way: Way,
    sale: Sale,
    order: int,
    parcel: int,
    lines: tuple[tuple[int, int], ...],
    at: datetime,
    *,
    carried: bool = True,
) -> Parcel:
    """Return a parcel that leaves at an instant; what need not be carried is there at once."""
    if not carried:
        sent = ParcelSent(
            at=at, shop=way.shop, order=order, parcel=parcel, lines=lines, carrier=None, service="", tracked=False
        )
        handed = Arrived(at=at, shop=way.shop, order=order, parcel=parcel, reported=True)
        return Parcel(parcel, lines, at, at, [sent, handed])
    if sale.kind == "pick_up":
        return _pick_up(way, order, parcel, lines, at)
    lane = _lane(way, sale.person.home.land.code)
    tracked = lane.service != UNTRACKED
    travelled = way.transit(way.dice, lane, at)
    events: list[Event] = [
        ParcelSent(
            at=at, shop=way.shop, order=order, parcel=parcel, lines=lines,
            carrier=lane.carrier, service=lane.service, tracked=tracked,
        )
    ]  # fmt: skip
    if tracked:
        events += [_scan(way, order, parcel, one) for one in travelled.scans]
    there = travelled.delivered_at
    if there is None:
        events.append(Lost(at=at, shop=way.shop, order=order, parcel=parcel))
    else:
        reported = tracked and travelled.reported
        events.append(Arrived(at=there, shop=way.shop, order=order, parcel=parcel, reported=reported))
    return Parcel(parcel, lines, at, there, events)


def _pick_up(way: Way, order: int, parcel: int, lines: tuple[tuple[int, int], ...], at: datetime) -> Parcel:
    sent = ParcelSent(
        at=at, shop=way.shop, order=order, parcel=parcel, lines=lines, carrier=None, service="pick_up", tracked=False
    )
    ready = AtCounter(at=at, shop=way.shop, order=order, parcel=parcel, status="ready_for_pickup")
    taken = at + timedelta(hours=way.dice.gammavariate(1.5, 16))
    # A die of its own: what merchants press moves nothing else in a history.
    reported = random.Random(f"{way.shop} {order} {parcel}").random() < way.rates.pressed
    events: list[Event] = [sent, ready, Arrived(at=taken, shop=way.shop, order=order, parcel=parcel, reported=reported)]
    if reported:
        events.append(AtCounter(at=taken, shop=way.shop, order=order, parcel=parcel, status="picked_up"))
    return Parcel(parcel, lines, at, taken, events)


def _lane(way: Way, country: str) -> Lane:
    dice, chance = way.dice, way.dice.random()
    carrier = dice.choice(CARRIERS[country])
    for service, share in ((UNTRACKED, way.rates.untracked), ("express", EXPRESS), ("economy", ECONOMY)):
        if chance < share:
            return Lane(carrier, service, country, ORIGIN)
        chance -= share
    return Lane(carrier, "standard", country, ORIGIN)


def _scan(way: Way, order: int, parcel: int, scan: Scan) -> Scanned:
    """Return a scan as the shop learns of it: when the carrier told."""
    return Scanned(
        at=scan.told_at, shop=way.shop, order=order, parcel=parcel, status=scan.status, happened_at=scan.happened_at
    )
