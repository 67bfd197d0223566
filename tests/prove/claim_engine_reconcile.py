"""Claims about what passes put right and what they cost, and about history nobody is written to for."""

from collections import Counter
from functools import cache

from tests.prove.aside import aside
from tests.prove.claims import Figure, Scale, by_tests, claim

ORDERS, SHOPS, RUNS = 50_000, 200, 20  # a run is a process with its own shops and seed; two go at once
TENTH = 0.1
QUICK = (9, 3)  # orders, shops


@cache
def lived(runs: int, orders: int, shops: int) -> list[dict]:
    """Let orders live at shops behind bad webhooks, and pass over them; one result a run."""
    commands = [("tests.convergence.many", orders, shops, f"seed {number}") for number in range(runs)]
    return [told for start in range(0, runs, 2) for told in aside(*commands[start : start + 2])]


@claim("engine", "Behind lost, doubled, late and shuffled webhooks, two passes make every order true", quick=True)
def reconciles(scale: Scale) -> Figure:
    """Lose 30 %, double 20 %, delay 20 % by up to 48 hours, shuffle all; then compare field by field."""
    found = _lived(scale)
    fates = sum((Counter(one["fates"]) for one in found), Counter())
    total = {name: sum(one[name] for one in found) for name in ("orders", "shops", "webhooks", "compared")}
    stages = range(max(len(one["wrong"]) for one in found))
    wrong = [sum(one["wrong"][min(stage, len(one["wrong"]) - 1)] for one in found) for stage in stages]
    left = [words for one in found for words in one["left"]]
    words = (
        f"{total['orders']} orders at {total['shops']} shops, {total['webhooks']} webhooks delivered, {fates['lost']}"
        f" lost, {fates['twice']} twice, {fates['late']} late; {total['compared']} fields, {wrong[0]} wrong before,"
        f" after each pass {wrong[1:]} {left[:2] or ''}; seeds 0 to {len(found) - 1}"
    )
    return Figure(words, holds=not wrong[-1] and total["compared"] > 0 and fates["lost"] > 0)


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
    return lived(1, *QUICK) if scale.quick else lived(RUNS, ORDERS // RUNS, SHOPS // RUNS)


@claim("engine", "Reading a shop's past enrols nobody, writes to nobody, and goes on after any stop")
def past(scale: Scale) -> Figure:
    """Break the line, kill the process, let the address expire; compare with the shop's truth."""
    return by_tests("tests/convergence/test_history.py", least=10)
