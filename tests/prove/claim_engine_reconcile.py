"""Claims about what passes put right and what they cost, and about history nobody is written to for."""

from collections import Counter
from functools import cache

from tests.prove.aside import aside
from tests.prove.claims import Figure, Scale, by_tests, claim

ORDERS, SHOPS = 50_000, 200
SEEDS = 200  # of 250 orders each: one shop in every fourth, ten shops in the others
TENTH = 0.1
QUICK = ("--size", 9, 3, "--anew")  # orders, shops
CORES = 2
MOST_S = 450  # a seed is begun within; together with the last one, a command stays below ten minutes


@cache
def lived(first: int, last: int, *options: str | int) -> list[dict]:
    """Let the orders of some seeds live behind bad webhooks, and pass over their shops; one result a seed.

    What was played on this tree is not played again; what there is no time for is left to the next command.
    """
    cores = min(CORES, last - first + 1)
    seeds = f"{first}-{last}"
    runs = aside(
        *[("tests.convergence.many", seeds, "--part", f"{part}/{cores}", *options) for part in range(1, cores + 1)]
    )
    return sorted((told for run in runs for told in run), key=lambda told: told["seed"])


@claim("engine", "Behind lost, doubled, late and shuffled webhooks, two passes make every order true", quick=True)
def reconciles(scale: Scale) -> Figure:
    """Lose 30 %, double 20 %, delay 20 % by up to 48 hours, shuffle all; then compare field by field.

    Goes on where the last command stopped, for nine minutes, and tells of all that were played on this tree; with
    `--seeds A-B` of these alone.
    """
    found = _lived(scale)
    fates = sum((Counter(one["fates"]) for one in found), Counter())
    total = {name: sum(one[name] for one in found) for name in ("orders", "shops", "webhooks", "compared")}
    stages = range(max(len(one["wrong"]) for one in found))
    wrong = [sum(one["wrong"][min(stage, len(one["wrong"]) - 1)] for one in found) for stage in stages]
    left = [words for one in found for words in one["left"]]
    words = (
        f"{total['orders']} orders at {total['shops']} shops, {total['webhooks']} webhooks delivered, {fates['lost']}"
        f" lost, {fates['twice']} twice, {fates['late']} late; {total['compared']} fields, {wrong[0]} wrong before,"
        f" after each pass {wrong[1:]} {left[:2] or ''}; {len(found)} seeds, {found[0]['seed']} to {found[-1]['seed']};"
        f" {total['orders'] / sum(one['cpu_s'] for one in found):.1f} orders a CPU second"
    )
    reached = scale.reached(total["orders"], ORDERS) and scale.reached(total["shops"], SHOPS)
    return Figure(
        words if reached else f"so far, of {ORDERS:,} orders at {SHOPS} shops wanted: {words}",
        holds=reached and not wrong[-1] and total["compared"] > 0 and fates["lost"] > 0,
    )


@claim("engine", "Passes take a tenth of a Standard shop's rate budget at most, in any quarter of an hour", quick=True)
def costs(scale: Scale) -> Figure:
    """Read what the store's own buckets gave, on the virtual clock."""
    found = _lived(scale)
    worst, minutes = (max(one[name] for one in found) for name in ("worst_share", "pass_minutes"))
    points, requests, orders = (sum(one[name] for one in found) for name in ("points", "requests", "orders"))
    words = (
        f"worst quarter of an hour {worst:.1%} of Standard; {points:.0f} points in {requests} requests for {orders}"
        f" orders, {minutes:.0f} minutes of the virtual clock at most"
    )
    return Figure(words, holds=0 < worst <= TENTH)


def _lived(scale: Scale) -> list[dict]:
    return lived(0, 0, *QUICK) if scale.quick else lived(*(scale.seeds or (0, SEEDS - 1)), "--seconds", MOST_S)


@claim("engine", "Reading a shop's past enrols nobody, writes to nobody, and goes on after any stop")
def past(scale: Scale) -> Figure:
    """Break the line, kill the process, let the address expire; compare with the shop's truth."""
    return by_tests("tests/convergence/test_history.py", least=10)
