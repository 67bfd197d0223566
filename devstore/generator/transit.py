"""Send one parcel down a lane: what the carrier tells of it, and what truly happened."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from devstore.generator.lands import days_on, next_working, zone
from devstore.generator.lanes import Character, Lane, Reports, character

MOST_ATTEMPTS: Final = 3
COLLECTED: Final = 0.8  # of parcels brought to a shop after the last attempt; the rest go back


@dataclass(frozen=True, slots=True)
class Scan:
    """What the carrier saw, in Shopify's words (lower case), and when it told. Both aware UTC."""

    status: str
    happened_at: datetime
    told_at: datetime


@dataclass(frozen=True, slots=True)
class Journey:
    """A parcel's whole way. `delivered_at` is the truth, told or not; None where it never came.

    `scans` are in the order they happened. `reported` says whether an arrival is among them.
    """

    scans: tuple[Scan, ...]
    delivered_at: datetime | None
    reported: bool


def transit(rng: random.Random, lane: Lane, shipped_at: datetime, *, world: int = 0) -> Journey:
    """Return what becomes of a parcel fulfilled at `shipped_at` (aware UTC) on that lane of that world."""
    nature = character(lane, world)
    left = _picked_up(rng, lane, nature, shipped_at)
    out_on, held = _arrives_on(rng, lane, nature, left)
    lost = rng.random() < nature.lost_share
    at_door, end = _at_the_door(rng, lane, nature, out_on)
    steps = [("confirmed", shipped_at + timedelta(minutes=rng.randrange(5, 90)))]
    steps.append(("carrier_picked_up", left))
    travel = at_door[0][1] - left
    last_seen = left + travel * rng.uniform(0.15, 0.4)
    steps.append(("in_transit", last_seen))
    if lost:
        return Journey(_told(rng, nature, steps if rng.random() < 0.8 else steps[:1]), None, reported=False)
    if held:
        steps.append(("delayed", left + travel * rng.uniform(0.4, 0.6)))
    steps.append(("in_transit", left + travel * rng.uniform(0.65, 0.95)))
    is_told = nature.reports is Reports.ARRIVAL and end is not None and rng.random() < nature.reported_share
    seen = _told(rng, nature, [*steps, *at_door, *([("failure", at_door[-1][1] + timedelta(days=9))] * (end is None))])
    told = (*seen, Scan("delivered", end, end + _lag(rng, nature))) if is_told and end is not None else seen
    return Journey(tuple(sorted(told, key=lambda scan: scan.happened_at)), end, reported=is_told)


def _picked_up(rng: random.Random, lane: Lane, nature: Character, shipped_at: datetime) -> datetime:
    """Return when the van takes it along: the same day before the cut-off, else the next working day."""
    local = shipped_at.astimezone(zone(lane.origin))
    day = local.date() + timedelta(days=local.hour >= nature.cut_off)
    day = next_working(day, lane.origin, saturdays=nature.saturdays)
    late = timedelta(minutes=rng.randrange(20, 150))
    return datetime.combine(day, time(nature.cut_off), zone(lane.origin)).astimezone(UTC) + late


def _arrives_on(rng: random.Random, lane: Lane, nature: Character, left: datetime) -> tuple[date, bool]:
    """Return the local day it is brought to the door, and whether customs or weather held it on the way."""
    usual = nature.usual_days * (0.5 if rng.random() < nature.fast_share else 1.0)
    days = max(1, round(rng.gammavariate(nature.evenness, usual / nature.evenness)))
    by_customs, by_weather = rng.random() < nature.customs_share, rng.random() < nature.weather_share
    days += rng.randint(*nature.customs_days) if by_customs else 0
    days += rng.randint(1, 4) if by_weather else 0
    start = left.astimezone(zone(lane.country)).date()
    return days_on(start, days, lane.country, saturdays=nature.saturdays), by_customs or by_weather


def _at_the_door(
    rng: random.Random, lane: Lane, nature: Character, day: date
) -> tuple[list[tuple[str, datetime]], datetime | None]:
    """Return the rounds it goes on, and the moment it is handed over; None where it goes back to the sender."""
    steps: list[tuple[str, datetime]] = []
    for attempt in range(MOST_ATTEMPTS):
        minutes = round(rng.triangular(0, 660, 240))  # between eight and seven, most before one
        rung = (datetime.combine(day, time(8), zone(lane.country)) + timedelta(minutes=minutes)).astimezone(UTC)
        steps.append(("out_for_delivery", rung - timedelta(minutes=rng.randrange(30, 240))))
        if rng.random() >= (nature.failed_share if attempt == 0 else 0.3):
            return steps, rung
        steps.append(("attempted_delivery", rung))
        day = days_on(day, 1, lane.country, saturdays=nature.saturdays)
    waiting = datetime.combine(day, time(10), zone(lane.country)).astimezone(UTC)
    steps.append(("ready_for_pickup", waiting))
    collected = waiting + timedelta(hours=rng.uniform(2, 120))
    return steps, collected if rng.random() < COLLECTED else None


def _told(rng: random.Random, nature: Character, steps: list[tuple[str, datetime]]) -> tuple[Scan, ...]:
    """Return what the carrier tells of the steps: not every one, and some of them late."""
    if nature.reports is Reports.NOTHING:
        return ()
    if nature.reports is Reports.EXPORT:
        steps = steps[:3]
    kept = [one for one in steps if rng.random() >= nature.missing_scan_share]
    return tuple(Scan(status, at, at + _lag(rng, nature)) for status, at in kept)


def _lag(rng: random.Random, nature: Character) -> timedelta:
    if rng.random() < nature.late_scan_share:
        return timedelta(hours=rng.uniform(2, 48))
    return timedelta(minutes=rng.uniform(1, 30))
