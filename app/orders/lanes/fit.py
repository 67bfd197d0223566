"""Learn every lane from all of a shop's: what one alone does not tell, its country, service and carrier do. Pure.

Middle: the mean logarithm of working days is a sum of home or abroad, part of the world, country, service, carrier and
the lane itself, each shrunk by how little is known of it (crossed random effects, solved by going round until nothing
moves). Shape: not a normal of the logarithms but what parcels of all lanes show around their lane's own middle, blurred
by how unsure the middle is, and mixed with the lane's own curve as that earns weight. Reporting: arrivals told against
arrivals to be expected by now, shrunk the same way.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final, NamedTuple

from app.orders.lanes.arrivals import Counts, curve_of
from app.orders.lanes.curve import CELLS, Curve, beyond, cell, edge, mean, mixed, shifted, variance
from app.orders.lanes.expect import (
    ABROAD,
    HOME,
    SILENT,
    Effect,
    Fitted,
    LaneKey,
    Level,
    Model,
    Prior,
    Reach,
    effects_of,
    expect,
)

OWN_WEIGHT: Final = 40.0  # arrivals at which a lane's own curve counts as much as everybody's shape
TOLD_WEIGHT: Final = 4.0  # expected arrivals at which a lane's own habit of reporting counts as much as its kind's
LANES_WEIGHT: Final = 8.0  # lanes' worth of scatter the built-in variance counts for
PRIOR_PARCELS: Final = 30.0  # parcels' worth of shape the built-in one counts for
ROUNDS: Final = 12  # of going round the effects; they settle in five


class _Middle(NamedTuple):
    at: float
    variance: float  # how unsure


def learn(counts: Mapping[LaneKey, Counts], home: str) -> Model:
    """Return the model of a shop in country `home` from the counts of its lanes."""
    lanes: dict[LaneKey, Fitted] = {}
    reaches: dict[bool, Reach] = {}
    for abroad, prior in ((False, HOME), (True, ABROAD)):
        own = {key: one for key, one in counts.items() if (key.country != home) == abroad}
        curves = {key: curve for key, one in own.items() if one.known and (curve := curve_of(one)) is not None}
        reach = reaches[abroad] = _reach(own, curves, prior)
        for key, one in own.items():
            lanes[key] = _lane(key, one, curves.get(key), reach)
    return Model(home, lanes, reaches)


def _reach(counts: Mapping[LaneKey, Counts], curves: Mapping[LaneKey, Curve], prior: Prior) -> Reach:
    known = {key: counts[key].known for key in curves}
    shape = _shape(curves, known, prior)
    scatter = variance(shape)
    alone = {key: _Middle(mean(curve), scatter / known[key]) for key, curve in curves.items()}
    of_lane, effects = _effects(alone, prior)
    bare = Reach(shape, of_lane, prior.told, prior.lost, sum(known.values()), effects)
    told = _told(((one, expect(bare, key).curve) for key, one in counts.items() if key.tracked), prior.told)
    return Reach(shape, of_lane, told, prior.lost, bare.parcels, effects)


def _effects(alone: Mapping[LaneKey, _Middle], prior: Prior) -> tuple[float, dict[tuple[Level, str], Effect]]:
    """Return what each country, service and carrier adds, and how far lanes scatter beyond that."""
    members: dict[tuple[Level, str], list[LaneKey]] = defaultdict(list)
    members[Level.REACH, ""] = list(alone)
    for key in alone:
        for name in effects_of(key)[1:]:
            members[name].append(key)
    of_lane = prior.of_lane
    found: dict[tuple[Level, str], Effect] = {}
    for _ in range(ROUNDS):
        for name, keys in members.items():
            start, free = (prior.middle, prior.of_reach) if name[0] is Level.REACH else (0.0, prior.of_kind[name[0]])
            weight, total = 1 / free, start / free
            for key in keys:
                others = sum(found[one].adds for one in effects_of(key) if one != name and one in found)
                sure = 1 / (alone[key].variance + of_lane)
                weight += sure
                total += (alone[key].at - others) * sure
            found[name] = Effect(total / weight, 1 / weight, len(keys))
        left = [
            (one.at - sum(found[name].adds for name in effects_of(key)), one.variance) for key, one in alone.items()
        ]
        excess = sum(max(rest**2 - doubt, -of_lane) for rest, doubt in left)
        of_lane = (max(excess, 0.0) + LANES_WEIGHT * prior.of_lane) / (len(left) + LANES_WEIGHT)
    return of_lane, found


def _lane(key: LaneKey, counts: Counts, own: Curve | None, reach: Reach) -> Fitted:
    """Return one lane: what its kind leads to expect, bent by what it has shown itself."""
    kind = expect(reach, key)
    told = _told([(counts, kind.curve if own is None else own)], kind.told) if key.tracked else 0.0
    if own is None:
        silent = expect(reach, key, silent=told < SILENT)
        return replace(silent, told=told)
    known = counts.known
    around = kind.doubt  # how far lanes of its kind may lie from what the kind says
    doubt = 1 / (1 / around + known / variance(reach.shape))
    middle = doubt * (kind.middle / around + mean(own) * known / variance(reach.shape))
    curve = mixed(own, shifted(reach.shape, middle, doubt**0.5), known / (known + OWN_WEIGHT))
    return Fitted(Level.LANE, known, told, kind.lost, middle, doubt, curve)


def _shape(curves: Mapping[LaneKey, Curve], known: Mapping[LaneKey, int], prior: Prior) -> Curve:
    """Return how parcels lie around their lane's middle, as all lanes show it; around one day, whatever its length."""
    point = tuple(float(place == cell(1.0)) for place in range(CELLS))
    guess = shifted(point, -mean(point), prior.of_parcel**0.5)
    parts = [(PRIOR_PARCELS, guess), *((known[key], shifted(curve, -mean(curve))) for key, curve in curves.items())]
    total = sum(weight for weight, _ in parts)
    return tuple(sum(weight * part[place] for weight, part in parts) / total for place in range(CELLS))


def _told(many: Iterable[tuple[Counts, Curve]], guess: float) -> float:
    """Return the share of arrivals that is reported: arrivals told against those to be expected by now."""
    told, expected = TOLD_WEIGHT * guess, TOLD_WEIGHT
    for counts, curve in many:
        arrived = sum(counts.arrived)
        told += arrived
        expected += arrived
        expected += sum(out * (1 - beyond(curve, edge(place + 0.5))) for place, out in enumerate(counts.out) if out)
    return told / expected
