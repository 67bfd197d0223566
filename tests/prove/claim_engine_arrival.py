"""Claims about when a parcel is taken to have arrived."""

from collections import Counter
from dataclasses import replace

from app.orders.lanes.expect import Level
from app.orders.lanes.infer import likely_at
from devstore.generator.lanes import Reports, character
from tests.lanes.shipping import World, asked_on_an_estimate, calendar_of, key_of, too_early
from tests.prove.claims import Figure, Scale, claim

RISK = 0.1
KNOWN, NEW, SILENT, TOLD = "known lanes", "held-out lanes", "lanes that never report", "asked on an estimate"
BOUNDS = {KNOWN: (0.08, 0.12), NEW: (0.05, 0.15), SILENT: (0.05, 0.15), TOLD: (0.0, 0.12)}
FIRST_SEED = 100


@claim(
    "engine", "At 10 % risk, one in ten is asked too early, on lanes known and new that are not log-normal", quick=True
)
def calibrated(scale: Scale) -> Figure:
    """Learn from half a year of each of several shops, then send parcels the model never saw.

    The first three are parcels whose report is hidden, so that each of them waits for its estimate. The last is what
    merchants meet: parcels told as carriers tell them, of which those count that were asked on an estimate.
    """
    asked: Counter[str] = Counter()
    early: Counter[str] = Counter()
    spread: dict[str, list[float]] = {name: [] for name in BOUNDS}
    seeds = range(FIRST_SEED, FIRST_SEED + scale(12, quick=1))
    for seed in seeds:
        one, soon = _one_shop(seed, scale(4000, quick=1500))
        asked, early = asked + one, early + soon
        for name in BOUNDS:
            spread[name] += [soon[name] / one[name]] if one[name] else []
    shares = {name: early[name] / asked[name] for name in BOUNDS}
    words = ", ".join(
        f"{name} {shares[name]:.1%} of {asked[name]} (shops {min(spread[name]):.1%}–{max(spread[name]):.1%})"
        for name in BOUNDS
    )
    held = all(least <= shares[name] <= most for name, (least, most) in BOUNDS.items())
    return Figure(f"{words}; seeds {seeds[0]} to {seeds[-1]}", holds=held)


def _one_shop(seed: int, parcels: int) -> tuple[Counter[str], Counter[str]]:
    world = World(seed)
    asked: Counter[str] = Counter()
    early: Counter[str] = Counter()
    for turn in range(2 * parcels):
        lane = world.any_known() if turn % 2 else world.dice.choice(world.held_out)
        fitted = world.of(key_of(lane))
        at, journey = world.send(lane, world.now, 90)
        silent = character(lane, seed).reports is not Reports.ARRIVAL
        names = [KNOWN] if fitted.level is Level.LANE else [NEW] if not turn % 2 else []
        hidden = likely_at(replace(fitted, told=0.0), at, RISK, calendar_of(lane))
        for name in [*names, *([SILENT] if silent else [])]:
            asked[name] += hidden is not None
            early[name] += hidden is not None and too_early(hidden, journey)
        told = asked_on_an_estimate(lane, fitted, at, journey, RISK)
        if told is not None and turn % 2:
            asked[TOLD] += 1
            early[TOLD] += too_early(told, journey)
    return asked, early
