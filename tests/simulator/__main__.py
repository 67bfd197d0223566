"""Play seeds: `python -m tests.simulator 1-20 [--orders N] [--seconds N] [--part 1/2] [--anew]`, or `SEED=7 python …`.

Prints a line a seed as it ends, with the hash of its journal, then JSON. What was played on this tree already is not
played again, and a seed is begun only within the seconds given. Ends with 1 where a law was broken; the line that
replays a seed is printed with what it broke. Strings hash alike in every run, so that a seed plays the same every time.
"""

import argparse
import json
import os
import sys
import time

if os.environ.get("PYTHONHASHSEED") != "0":
    os.execve(
        sys.executable, [sys.executable, "-m", "tests.simulator", *sys.argv[1:]], os.environ | {"PYTHONHASHSEED": "0"}
    )

from tests.simulator.cost import cpu_seconds
from tests.simulator.progress import keep, played, sums, tree
from tests.simulator.run import ORDERS, play
from tests.simulator.servers import servers


def main(seeds, orders, seconds, *, anew=False):
    """Play seeds, a number each, while there is time to begin one; return the lines of all that are played."""
    began, on_tree = time.monotonic(), tree()
    done = {} if anew else played(on_tree, orders)
    left = [seed for seed in seeds if seed not in done]
    lines = [done[seed] for seed in seeds if seed in done]
    if not left:
        return lines
    with servers() as running:
        for seed in left:
            if time.monotonic() - began >= seconds:
                break
            before = cpu_seconds()
            outcome = play(running, seed, orders)
            lines.append(keep(on_tree, outcome, orders, cpu_seconds() - before))
            tell(lines[-1])
    return lines


def tell(line):
    """Say what came of one seed."""
    rate = line["journeys"] / max(line["cpu_s"], 0.1)
    words = f"{line['mails']} mails, {line['faults']} faults, {rate:.2f} journeys a CPU second"
    print(f"seed {line['seed']}: journal {line['journal']}, {words}", file=sys.stderr)
    for each in line["broken"]:
        print(f"  {each}", file=sys.stderr)
    if line["broken"]:
        again = f"SEED={line['seed']} .venv/bin/python -m tests.simulator --orders {line['orders']}"
        print(f"  replay: {again}", file=sys.stderr)
    sys.stderr.flush()


def asked(arguments):
    """Return the seeds, how many orders each has, the seconds, and whether to play anew what was played."""
    reader = argparse.ArgumentParser(prog="python -m tests.simulator")
    reader.add_argument("seeds", nargs="?", default=os.environ.get("SEED"))
    reader.add_argument("--orders", type=int, default=ORDERS)
    reader.add_argument("--seconds", type=float, default=float("inf"))
    reader.add_argument("--part", default="1/1")
    reader.add_argument("--anew", action="store_true")
    told = reader.parse_args(arguments)
    if told.seeds is None:
        reader.error("no seeds")
    first, _, last = told.seeds.partition("-")
    part, _, parts = told.part.partition("/")
    seeds = range(int(first) + int(part) - 1, int(last or first) + 1, int(parts))
    return seeds, told.orders, told.seconds, told.anew or "SEED" in os.environ


if __name__ == "__main__":
    seeds, orders, seconds, anew = asked(sys.argv[1:])
    found = sums(main(seeds, orders, seconds, anew=anew))
    print(json.dumps(found))
    sys.exit(1 if found["broken"] else 0)
