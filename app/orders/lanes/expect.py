"""Say what is expected of parcels on a lane, known to the shop or not. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple

from app.orders.lanes.areas import area
from app.orders.lanes.curve import Curve, shifted


class LaneKey(NamedTuple):
    """Name a lane: carrier and service as the shop spells them, to a country (ISO 3166-1 alpha-2, "" unknown)."""

    carrier: str
    service: str
    country: str
    tracked: bool = True


class Level(StrEnum):
    """Say what an estimate leans on, the nearest first."""

    LANE = "lane"
    COUNTRY = "country"
    AREA = "area"  # part of the world
    SERVICE = "service"
    CARRIER = "carrier"
    REACH = "reach"  # all parcels at home, or all abroad
    PRIOR = "prior"  # no parcel of this shop at all


@dataclass(frozen=True, slots=True)
class Prior:
    """What is assumed of a shop nobody knows yet, in log days: a middle, and variances of what lies around it."""

    middle: float
    of_reach: float
    of_kind: Mapping[Level, float]
    of_lane: float
    of_parcel: float
    told: float
    lost: float


KINDS: Final = {Level.AREA: 0.2, Level.COUNTRY: 0.08, Level.SERVICE: 0.15, Level.CARRIER: 0.04}
HOME: Final = Prior(0.9, 0.25, KINDS, 0.08, 0.2, told=0.90, lost=0.006)
ABROAD: Final = Prior(1.9, 0.25, KINDS, 0.08, 0.25, told=0.75, lost=0.012)
# Carriers that tell little are not a fair sample: what they carry is slower than what is reported to the same country.
SILENT: Final = 0.3  # share of arrivals reported below which a lane counts as one that does not report
SILENT_LONGER: Final = 0.12
SILENT_DOUBT: Final = 0.04


class Effect(NamedTuple):
    """What one country, service or carrier adds to the log days, its variance, and how many lanes say so."""

    adds: float
    doubt: float
    lanes: int


@dataclass(frozen=True, slots=True)
class Reach:
    """What all parcels at home, or all abroad, have in common. `shape` lies around one day."""

    shape: Curve
    of_lane: float
    told: float
    lost: float
    parcels: int
    effects: Mapping[tuple[Level, str], Effect]


@dataclass(frozen=True, slots=True)
class Fitted:
    """What is expected of parcels on a lane. `told` is the share of arrivals somebody reports, `lost` never arrives.

    `middle` is the mean log working days, `doubt` its variance, `parcels` how many arrivals it was learned from.
    """

    level: Level
    parcels: int
    told: float
    lost: float
    middle: float
    doubt: float
    curve: Curve


@dataclass(frozen=True, slots=True)
class Model:
    """Hold what a shop's lanes have taught; ask it with `of`."""

    home: str
    lanes: Mapping[LaneKey, Fitted]
    reaches: Mapping[bool, Reach]

    def of(self, key: LaneKey) -> Fitted:
        """Return what is expected of a lane, known or not."""
        return self.lanes.get(key) or expect(self.reaches[key.country != self.home], key)


def effects_of(key: LaneKey) -> tuple[tuple[Level, str], ...]:
    """Return the names of what a lane's middle is made of, the common one first."""
    return (
        (Level.REACH, ""),
        (Level.AREA, area(key.country)),
        (Level.COUNTRY, key.country),
        (Level.SERVICE, key.service),
        (Level.CARRIER, key.carrier),
    )


def expect(reach: Reach, key: LaneKey, *, silent: bool = False) -> Fitted:
    """Return what is expected of a lane by its kind alone. Nobody reports what cannot be tracked."""
    found = {name: reach.effects.get(name) for name in effects_of(key)}
    middle = sum(one.adds for one in found.values() if one)
    doubt = reach.of_lane + sum(one.doubt if one else KINDS.get(name[0], 0.25) for name, one in found.items())
    if silent or not key.tracked:
        middle, doubt = middle + SILENT_LONGER, doubt + SILENT_DOUBT
    here = found[Level.COUNTRY, key.country]
    level = Level.COUNTRY if here else Level.REACH if reach.parcels else Level.PRIOR
    told = reach.told if key.tracked else 0.0
    return Fitted(level, reach.parcels, told, reach.lost, middle, doubt, shifted(reach.shape, middle, doubt**0.5))
