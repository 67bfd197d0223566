"""Claims about when a parcel is taken to have arrived."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

from app.flows.rules.decision import Send
from app.flows.timing.slots import MAX_JITTER
from app.orders.arrival.delivery import ARRIVED, DENIED
from app.orders.lanes.expect import Level
from app.orders.lanes.infer import likely_at
from devstore.generator.lanes import Reports, character
from tests.flows import living
from tests.flows.cases import STEPS
from tests.flows.living import Heard
from tests.lanes.shipping import World, asked_on_an_estimate, calendar_of, key_of, too_early
from tests.prove.claims import Figure, Scale, claim

RISK = 0.1
KNOWN, NEW, SILENT, TOLD = "known lanes", "held-out lanes", "lanes that never report", "asked on an estimate"
BOUNDS = {KNOWN: (0.08, 0.12), NEW: (0.05, 0.15), SILENT: (0.05, 0.15), TOLD: (0.0, 0.12)}
FIRST_SEED = 100
DAY = timedelta(days=1)
STEP = STEPS["review_request"]


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


@claim(
    "engine",
    "Nobody is asked about a parcel that is neither there nor should be, in whatever order it is heard",
    quick=True,
)
def never_before_arrival(scale: Scale) -> Figure:
    """Lose, repeat and delay what carriers tell of random parcels, and live through each with the real plan and guard.

    What was known when somebody was asked is worked out anew from what had been heard by then.
    """
    grounds: Counter[str] = Counter()
    world, size = World(FIRST_SEED, parcels=3000), scale(10_000, quick=500)
    for _ in range(size):
        lane, heard, shipped_at = _disordered(world)
        end = _lived(world, lane, heard)
        grounds[_grounds(heard, shipped_at, end)] += 1
    early = grounds["too early"]
    words = ", ".join(f"{name} {many}" for name, many in sorted(grounds.items()))
    return Figure(f"{size} orders, seed {FIRST_SEED}: {words}; asked on no ground {early}", holds=early == 0)


@claim("engine", "Where no arrival is ever reported, everybody is asked, and by the latest day", quick=True)
def never_for_ever(scale: Scale) -> Figure:
    """Leave every arrival out of what is heard; the latest day counts from when the parcel was sent."""
    world, size = World(FIRST_SEED + 1, parcels=3000), scale(10_000, quick=500)
    waits: list[float] = []
    late = unasked = 0
    for _ in range(size):
        lane, heard, shipped_at = _disordered(world)
        heard = [one for one in heard if one.what not in ARRIVED]
        end = _lived(world, lane, heard)
        if end is None or not isinstance(end.verdict, Send):
            unasked += 1
            continue
        # The hour it may leave, where the latest day ends in the night, and what we heard too late ourselves.
        last = max(shipped_at + STEP.fallback, next(one.at for one in heard if one.what == "shipped"))
        late += end.at > last + DAY + MAX_JITTER
        waits.append((end.at - shipped_at) / DAY)
    waits.sort()
    words = (
        f"{size} orders, seed {FIRST_SEED + 1}: asked {len(waits)}, not asked {unasked}, past the latest day {late};"
    )
    words += f" half by day {waits[len(waits) // 2]:.1f}, the last on day {waits[-1]:.1f} of {STEP.fallback.days}"
    return Figure(words, holds=not late and not unasked)


def _disordered(world: World) -> tuple[object, list[Heard], object]:
    """Send one parcel down any lane; return what we hear of it: some never, some twice, some up to nine days late."""
    dice = world.dice
    lane = dice.choice([*world.known, *world.held_out])
    shipped_at, journey = world.send(lane, living.START, 30)
    heard = [Heard(shipped_at + dice.choice((0, 0, 1, 30)) * DAY / 24, "shipped", shipped_at)]
    for scan in journey.scans:
        for _ in range(dice.choice((0, 1, 1, 1, 1, 2))):
            late = dice.choice((0, 0, 0, 1, 8, 50, 216)) * DAY / 24
            heard.append(Heard(scan.told_at + late, scan.status, scan.happened_at))
    dice.shuffle(heard)
    return lane, heard, shipped_at


def _lived(world, lane, heard):
    country = (lane.country, None)
    here = living.World(country, agreed=True, lane=world.of(key_of(lane)), risk=RISK)
    return living.run(STEP, here, heard, country)


def _grounds(heard, shipped_at, end) -> str:
    """Say by what somebody was asked; "too early" where by nothing that had been heard by then."""
    if end is None or not isinstance(end.verdict, Send):
        return "not asked"
    known = [one for one in heard if one.at <= end.at]
    arrived = max((one.happened_at for one in known if one.what in ARRIVED), default=None)
    denied = max((one.happened_at for one in known if one.what in DENIED), default=None)
    if arrived is not None and arrived <= end.at and (denied is None or denied <= arrived):
        return "delivered"
    if end.at >= shipped_at + STEP.fallback:
        return "latest day"
    estimates = [line.inferred for line in end.facts.items if line.inferred is not None]
    seen = max((one.happened_at for one in known if one.what in living.SCANS), default=shipped_at)
    sure = estimates and all(each.risk <= RISK and seen <= each.at <= end.at for each in estimates)
    return "estimated" if sure else "too early"
