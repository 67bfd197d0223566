"""What a lane is like: the declared truth behind every parcel on it, drawn from its name and a world's number.

Nothing here is log-normal. A lane has a usual number of working days that scatters by its own shape, a second, faster
route on some, customs and weather on top, and a habit of reporting that hangs on country and carrier: the slow ends of
the world are also the silent ones.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Final

from devstore.generator.lands import COUNTRIES

CARRIERS: Final = ("Royal Mail", "DHL", "UPS", "FedEx", "USPS", "Deutsche Post", "Evri", "Japan Post", "Asendia", "DPD")
SERVICES: Final = {"express": 0.55, "standard": 1.0, "economy": 1.6, "letter": 1.3}  # how it stretches the days
UNTRACKED: Final = "letter"
POSTS: Final = frozenset({"Royal Mail", "USPS", "Deutsche Post", "Japan Post", "Asendia"})  # hand over at the border


@dataclass(frozen=True, slots=True)
class Lane:
    """A way parcels go: carrier and service, to a country from another (ISO 3166-1 alpha-2)."""

    carrier: str
    service: str
    country: str
    origin: str


class Reports(StrEnum):
    """Say what a carrier tells about parcels on a lane."""

    ARRIVAL = "arrival"  # scans on the way and, mostly, the arrival
    EXPORT = "export"  # scans until the border, then silence
    NOTHING = "nothing"  # a stamp, not a number


@dataclass(frozen=True, slots=True)
class Character:
    """The declared truth of a lane. Days are working days at the destination; shares are of all its parcels."""

    reports: Reports
    reported_share: float  # of delivered parcels, where the lane reports arrivals at all
    usual_days: float  # mean of the slower route
    evenness: float  # the higher, the less the days scatter (shape of a gamma)
    fast_share: float  # by the direct connection, in half the days
    customs_share: float  # held at the border
    customs_days: tuple[int, int]
    weather_share: float
    lost_share: float
    failed_share: float  # of attempts at the door
    late_scan_share: float  # scans told up to two days after they happened
    missing_scan_share: float
    cut_off: int  # hour at origin after which the van has gone
    saturdays: bool


@cache
def character(lane: Lane, world: int = 0) -> Character:
    """Return what the lane is like in that world; equal arguments give equal lanes, in every process."""
    name = f"{lane.carrier}|{lane.service}|{lane.country}|{lane.origin}"
    own = random.Random(f"{world} lane {name}")
    carrier = random.Random(f"{world} carrier {lane.carrier}")
    land = random.Random(f"{world} country {lane.country} {lane.origin}")
    here, there = COUNTRIES[lane.origin], COUNTRIES[lane.country]
    abroad, border = lane.country != lane.origin, here.customs != there.customs
    distance = 1.5 if not abroad else 3.5 if here.region == there.region else 7.0
    factor = math.exp(carrier.gauss(0, 0.15) + land.gauss(0, 0.15) + own.gauss(0, 0.2))
    service = SERVICES[lane.service]
    return Character(
        reports=_reports(lane, own, carrier, land, border=border),
        reported_share=own.uniform(0.85, 0.99),
        usual_days=max(1.0, distance * there.remoteness * service * factor),
        evenness=own.uniform(4, 25),
        fast_share=own.choice((0.0, 0.0, 0.2, 0.35)) if abroad else own.choice((0.0, 0.15)),
        customs_share=own.uniform(0.05, 0.25) * (0.5 if lane.service == "express" else 1) if border else 0.0,
        customs_days=(2, own.randint(5, 12)),
        weather_share=own.uniform(0.01, 0.06),
        lost_share=own.uniform(0.002, 0.008) * (2 if border else 1),
        failed_share=own.uniform(0.02, 0.1),
        late_scan_share=own.uniform(0.0, 0.15),
        missing_scan_share=own.uniform(0.02, 0.3),
        cut_off=own.choice((14, 15, 16, 17)),
        saturdays=carrier.random() < 0.4,
    )


def lanes(dice: random.Random, count: int, origin: str) -> list[Lane]:
    """Return `count` different lanes a shop in `origin` sends by, most of them at home or near."""
    near = [code for code, one in COUNTRIES.items() if one.region == COUNTRIES[origin].region]
    found: dict[Lane, None] = {}
    while len(found) < count:
        reach = dice.random()
        country = origin if reach < 0.25 else dice.choice(near) if reach < 0.6 else dice.choice(tuple(COUNTRIES))
        service = dice.choices(tuple(SERVICES), (20, 50, 20, 10))[0]
        found[Lane(dice.choice(CARRIERS), service, country, origin)] = None
    return list(found)


def _reports(lane: Lane, own: random.Random, carrier: random.Random, land: random.Random, *, border: bool) -> Reports:
    """Draw the lane's habit. Not at random: far and poor in scans go together with slow."""
    if lane.service == UNTRACKED:
        return Reports.NOTHING
    there = COUNTRIES[lane.country]
    silent = 0.02 + (0.08 if border else 0) + (0.16 if border and lane.carrier in POSTS else 0)
    silent *= there.remoteness * (0.7 if there.region == COUNTRIES[lane.origin].region else 1.4)
    silent *= 0.7 + 0.3 * carrier.random() + 0.3 * land.random()
    return Reports.EXPORT if own.random() < silent else Reports.ARRIVAL
