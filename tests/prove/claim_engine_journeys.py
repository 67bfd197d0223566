"""Claims about lives on a virtual clock: journeys full of faults, planted bugs, unsubscribes against hand-offs."""

import os
import re
from collections import Counter
from unittest.mock import patch

from tests.prove.aside import aside
from tests.prove.claims import RESULTS, Figure, Scale, by_tests, claim
from tests.simulator.lives import STORIES

CLASSES = 10
JOURNEYS = 200_000
BUGS = 20
QUICK_SEEDS = 2
CORES = 2
MOST_S = 330  # a seed is begun within; together with the last one, a command stays below ten minutes
RACES = 500  # a seed
FIRST_AT_LEAST = 0.1  # of the mails: where hardly any leaves, nothing is raced
RACED = re.compile(r"(?P<races>\d+) races, (?P<under_way>\d+) under way at the locks, (?P<first>\d+) mails came first")


def halves(first: int, last: int) -> list[tuple[int, int]]:
    """Return a range of seeds as one for each core; one seed is not halved."""
    middle = (first + last) // 2
    return [(first, middle), (middle + 1, last)] if last > first else [(first, last)]


@claim("engine", "In journeys through faults nothing is lost, sent twice or left silent", quick=True)
def journeys(scale: Scale) -> Figure:
    """Simulate shops by seeds and have the checker judge each.

    `--seeds A-B` plays those that were not played on this tree yet, and tells of these. Without seeds it goes on where
    the last command stopped, for up to nine minutes, and tells of all that were played on this tree.
    """
    first, last = scale.seeds or (1, scale(10**6, quick=QUICK_SEEDS))
    options = ["--anew"] if scale.quick else ["--seconds", MOST_S]
    runs = aside(
        *[("tests.simulator", f"{first}-{last}", "--part", f"{part}/{CORES}", *options) for part in range(1, CORES + 1)]
    )
    found = {name: sum(run[name] for run in runs) for name in ("seeds", "journeys", "mails", "unknown", "faults")}
    cpu_s = sum(run["cpu_s"] for run in runs)
    classes, stories = (sum((Counter(run[name]) for run in runs), Counter()) for name in ("classes", "stories"))
    points = {point for run in runs for point in run["points"]}
    words = (
        f"{found['seeds']} seeds from {first} on: {found['journeys']} journeys, {found['mails']} mails,"
        f" {found['faults']} faults of {len(classes)} classes, {len(points)} fault points passed; 0 lost, 0 twice,"
        f" 0 silent; {found['unknown']} unknown, each where a fault was dealt;"
        f" {', '.join(f'{count} {name}' for name, count in sorted(stories.items()))};"
        f" {found['journeys'] / cpu_s:.1f} journeys a CPU second"
    )
    reached = scale.reached(found["journeys"], JOURNEYS)
    return Figure(
        words if reached else f"so far, of {JOURNEYS:,} wanted: {words}", holds=len(classes) >= CLASSES and reached
    )


@claim("engine", "The checker catches every planted bug, and finds nothing where none is", quick=True)
def planted(scale: Scale) -> Figure:
    """Plant them one by one."""
    size = ["plain", "--most", BUGS] if scale.quick else STORIES
    runs = aside(*[("tests.simulator.planted", *size, "--part", f"{part}/{CORES}") for part in range(1, CORES + 1)])
    caught = sum(len(run["caught"]) for run in runs)
    missed, clean, found_without = (
        [each for run in runs for each in run[name]] for name in ("missed", "clean", "found_without")
    )
    words = (
        f"{caught} caught, {len(missed)} missed {missed or ''};"
        f" {len(clean)} runs without: {len(found_without)} found {found_without[:1] or ''}"
    )
    return Figure(words, holds=caught >= BUGS and not missed and not found_without)


@claim(
    "engine", "No mail is handed off after its unsubscribe has been committed, in any order of statements", quick=True
)
def stops(scale: Scale) -> Figure:
    """Interleave forty people's unsubscribes with the hand-off of their mails, statement by statement."""
    first, last = scale.seeds or (1, scale(2_500, quick=2))
    ranges = [(first, last)] if scale.quick else halves(first, last)
    runs = aside(*[("tests.simulator.races", f"{low}-{high}") for low, high in ranges])
    raced, sent = (sum(run[name] for run in runs) for name in ("raced", "sent"))
    words = f"seeds {first}-{last}: {raced} interleavings, {sent} mails came first, 0 after"
    return Figure(words, holds=raced * FIRST_AT_LEAST < sent < raced)


@claim("engine", "No mail is handed off after its unsubscribe has been committed, in real threads on PostgreSQL")
def races(scale: Scale) -> Figure:
    """Race five hundred in each seed, `--seeds A-B`."""
    first, last = scale.seeds or (1, 10)
    sums = Counter()
    for seed in range(first, last + 1):
        with patch.dict(os.environ, {"UNSUBSCRIBE_RACES": str(RACES), "UNSUBSCRIBE_SEED": str(seed)}):
            figure = by_tests("tests/shopper/test_unsubscribe_race.py", "-k", "handed_off_after")
        if not figure.holds:
            return Figure(f"seed {seed}: {figure.words}", holds=False)
        raced = RACED.search(RESULTS.read_text())
        sums.update({name: int(raced[name]) for name in ("races", "under_way", "first")})
    words = (
        f"{sums['races']} races, {sums['under_way']} under way at the locks, {sums['first']} mails came first, 0 after"
    )
    return Figure(f"seeds {first}-{last}: {words}", holds=True)
