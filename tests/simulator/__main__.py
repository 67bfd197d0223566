"""Play seeds: `python -m tests.simulator 1-20 [ORDERS]`, or `SEED=7 python -m tests.simulator` for one.

Prints a line a seed as it ends, then JSON. Ends with 1 where a law was broken; the line that replays a seed is printed
with what it broke. Strings hash alike in every run, so that a seed plays the same journey every time.
"""

import json
import os
import sys
import time
from collections import Counter

if os.environ.get("PYTHONHASHSEED") != "0":
    os.execve(
        sys.executable, [sys.executable, "-m", "tests.simulator", *sys.argv[1:]], os.environ | {"PYTHONHASHSEED": "0"}
    )

from tests.simulator.run import ORDERS, play
from tests.simulator.servers import servers


def main(seeds, orders):
    """Play and return the sums; `seeds` are numbers."""
    sums = Counter()
    dealt, said, points, broken = Counter(), Counter(), set(), []
    began = time.monotonic()
    with servers() as running:
        for seed in seeds:
            outcome = play(running, seed, orders)
            sums.update(seeds=1, journeys=outcome.journeys, mails=outcome.mails, unknown=outcome.unknown)
            dealt += outcome.dealt
            said += outcome.said
            points |= outcome.points
            rate = sums["journeys"] / (time.monotonic() - began)
            words = f"seed {seed}: {outcome.mails} mails, {outcome.dealt.total()} faults, {rate:.1f} journeys/s"
            print(words, file=sys.stderr, flush=True)
            for violation in outcome.violations:
                print(f"  {violation}", file=sys.stderr)
                broken.append(f"seed {seed}: {violation}")
            if outcome.violations:
                line = f"SEED={seed} .venv/bin/python -m tests.simulator {orders}"
                print(f"  replay: {line}", file=sys.stderr, flush=True)
    return {
        **sums,
        "faults": dealt.total(),
        "classes": dict(sorted(dealt.items())),
        "said": dict(said),
        "points": sorted(points),
        "seconds": round(time.monotonic() - began, 1),
        "broken": broken,
    }


def asked(arguments):
    """Return the seeds and the number of orders each has."""
    if "SEED" in os.environ:
        return [int(os.environ["SEED"])], int(arguments[0]) if arguments else ORDERS
    first, _, last = arguments[0].partition("-")
    return range(int(first), int(last or first) + 1), int(arguments[1]) if len(arguments) > 1 else ORDERS


if __name__ == "__main__":
    told = main(*asked(sys.argv[1:]))
    print(json.dumps(told))
    sys.exit(1 if told["broken"] else 0)
