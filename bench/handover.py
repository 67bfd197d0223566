"""What waking the workers costs a webhook: the hot path with its doorbell and without. `bin/bench handover`."""

from __future__ import annotations

import sys

from bench import load
from bench.load import Round
from bench.machines import machines, median

GOAL = 0.10  # of what is taken in without waking anybody


def main(rounds: int = 5, seconds: int = 4) -> bool:
    """Print both and the difference; return whether the goal holds."""
    load.need_wrk()
    rung: list[Round] = []
    silent: list[Round] = []
    with machines() as here:
        for number in range(rounds):
            silent.append(load.ours(here, seconds, f"s{number}", app="bench.silent:app"))
            rung.append(load.ours(here, seconds, f"r{number}"))
            print(
                f"round {number + 1}  silent {silent[-1].per_second:7.0f}/s  rung {rung[-1].per_second:7.0f}/s",
                flush=True,
            )
    cost = 1 - median([one.per_second / other.per_second for one, other in zip(rung, silent, strict=True)])
    kept = all(each.kept for each in (*rung, *silent))
    print(f"every accepted id kept once: {'yes' if kept else 'NO'}")
    print(f"hand-over costs {cost:.1%} (median of {rounds} interleaved rounds; goal at most {GOAL:.0%})")
    return cost <= GOAL and kept


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
