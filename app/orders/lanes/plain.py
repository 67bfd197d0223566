"""Write what was learned as JSON, and read it back the same. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.orders.lanes.arrivals import Counts
from app.orders.lanes.curve import CELLS, Curve
from app.orders.lanes.expect import Effect, Level, Reach


def curve_json(curve: Curve) -> list[float]:
    """Return a curve as numbers with six places: a millionth of a parcel."""
    return [round(share, 6) for share in curve]


def curve_of_json(raw: Sequence[float]) -> Curve:
    """Return a stored curve, made whole again after rounding."""
    total = sum(raw)
    return tuple(share / total for share in raw)


def counts_json(counts: Counts) -> dict[str, Any]:
    """Return counts as an object of the cells that hold something."""
    return {
        "arrived": {str(place): many for place, many in enumerate(counts.arrived) if many},
        "out": {str(place): many for place, many in enumerate(counts.out) if many},
        "old": counts.old,
    }


def counts_of_json(raw: Mapping[str, Any]) -> Counts:
    """Return stored counts."""
    return Counts(_cells(raw["arrived"]), _cells(raw["out"]), raw["old"])


def reach_json(reach: Reach) -> dict[str, Any]:
    """Return what the lanes at home, or those abroad, have in common."""
    return {
        "shape": curve_json(reach.shape),
        "of_lane": reach.of_lane,
        "told": reach.told,
        "lost": reach.lost,
        "parcels": reach.parcels,
        "effects": [[level.value, name, *effect] for (level, name), effect in reach.effects.items()],
    }


def reach_of_json(raw: Mapping[str, Any]) -> Reach:
    """Return the stored common part."""
    return Reach(
        shape=curve_of_json(raw["shape"]),
        of_lane=raw["of_lane"],
        told=raw["told"],
        lost=raw["lost"],
        parcels=raw["parcels"],
        effects={
            (Level(level), name): Effect(adds, doubt, lanes) for level, name, adds, doubt, lanes in raw["effects"]
        },
    )


def _cells(raw: Mapping[str, int]) -> list[int]:
    found = [0] * CELLS
    for place, many in raw.items():
        found[int(place)] = many
    return found
