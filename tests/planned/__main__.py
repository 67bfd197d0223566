"""Say what this code plans otherwise: `python -m tests.planned`; with `--take-over` that is the plan from now on.

The plan is in plan.txt beside this file, so that a review shows what a change does to it. Where many more messages
would be planned, that takes `--many-more` too. Ends with 1 where the plans differ and nothing was taken over.
"""

import argparse
import contextlib
import sys
from pathlib import Path

from tests.planned.plan_text import difference, many_more, messages, read, write
from tests.planned.playing import play
from tests.planned.stage import stage
from tests.prove.world import wired

KEPT = Path(__file__).with_name("plan.txt")


def main(*, take_over: bool, even_many_more: bool) -> int:
    """Plan anew, say what differs, and keep it where that is wanted; return the exit code."""
    before = read(KEPT.read_text(encoding="utf-8")) if KEPT.is_file() else []
    with contextlib.redirect_stdout(sys.stderr), wired() as (here, web), stage(here) as clock:
        here.parts["flask"] = web.application
        now, tales = play(here, clock)
    said = difference(before, now)
    print(said or f"The same plan: {messages(now)} messages.")
    if not take_over:
        return int(bool(said))
    if before and many_more(before, now) and not even_many_more:
        print("\nNothing was taken over. If it is meant to plan so many more, say --many-more too.")
        return 1
    KEPT.write_text(write(now, tales), encoding="utf-8")
    return 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Compare what this code plans with the plan that is kept.")
    parser.add_argument("--take-over", action="store_true", help="keep what this code plans")
    parser.add_argument("--many-more", action="store_true", help="also where it is many more messages")
    chosen = parser.parse_args()
    sys.exit(main(take_over=chosen.take_over, even_many_more=chosen.many_more))
