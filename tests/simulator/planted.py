"""Plant every bug in the life that brings it out, and live the same without: `python -m tests.simulator.planted`.

Prints JSON: what was caught by which laws, what was missed, and what was found where nothing was planted.
"""

import argparse
import json
import sys
from collections import Counter

import pytest

from tests.simulator import bugs_of_people
from tests.simulator.bugs import BUGS, plot_of
from tests.simulator.lives import STORIES
from tests.simulator.plots import Plot
from tests.simulator.run import play
from tests.simulator.servers import servers

SEED = 1
ALSO = bugs_of_people.__name__  # its bugs enter themselves into the list


def broken_by(running, planted):
    """Return the laws one planted bug breaks."""
    with pytest.MonkeyPatch.context() as patch:
        outcome = play(running, SEED, plot=plot_of(planted, patch))
    return Counter(violation.law for violation in outcome.violations)


def main(stories, most=None, part="1/1"):
    """Return what came of it, of `most` bugs or of all; `stories` are played without one. Half of it: "1/2"."""
    first, _, parts = part.partition("/")
    mine = slice(int(first) - 1, None, int(parts))
    caught, missed, clean = {}, [], []
    with servers() as running:
        for planted in BUGS[:most][mine]:
            laws = broken_by(running, planted)
            if laws:
                caught[planted.name] = sorted(laws)
            else:
                missed.append(planted.name)
            print(f"{planted.name}: {dict(laws) or 'MISSED'}", file=sys.stderr, flush=True)
        for story in stories[mine]:
            errands = [one.plot.get("errand", ()) for one in BUGS if one.plot["story"] == story]
            for errand in {repr(each): each for each in errands}.values():
                outcome = play(running, SEED, plot=Plot(story=story, errand=errand))
                clean += [f"{story} {errand}: {violation}" for violation in outcome.violations]
    return {"caught": caught, "missed": missed, "clean": stories[mine], "found_without": clean}


if __name__ == "__main__":
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("stories", nargs="*", default=list(STORIES))
    reader.add_argument("--most", type=int)
    reader.add_argument("--part", default="1/1")
    print(json.dumps(main(**vars(reader.parse_args()))))
