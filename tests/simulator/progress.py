"""Keep what came of each seed in `.cache/journeys.jsonl`, so that a later command goes on, or sums up.

A line counts for the tree it was played on alone: the app's code, its migrations and pinned libraries, and ours.
"""

import hashlib
import json
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[2]
KEPT = ROOT / ".cache" / "journeys.jsonl"
PARTS = ("app/**/*.py", "app/**/*.graphql", "migrations/**/*.py", "templates/**/*", "tests/simulator/*.py")
MORE = ("tests/checker/*.py", "tests/servers.py", "tests/database.py", "requirements*.txt")
COUNTED = ("journeys", "mails", "unknown", "faults", "cpu_s")


def tree():
    """Return the hash of everything that has a say in how a seed plays."""
    told = hashlib.sha256()
    for path in sorted({path for pattern in PARTS + MORE for path in ROOT.glob(pattern) if path.is_file()}):
        told.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes() + b"\0")
    return told.hexdigest()[:16]


def keep(played_on, outcome, orders, cpu_s):
    """Append a finished seed; return its line."""
    line = {
        "tree": played_on,
        "seed": outcome.seed,
        "orders": orders,
        "journeys": outcome.journeys,
        "mails": outcome.mails,
        "unknown": outcome.unknown,
        "faults": outcome.dealt.total(),
        "classes": dict(sorted(outcome.dealt.items())),
        "stories": dict(sorted(outcome.stories.items())),
        "points": sorted(outcome.points),
        "journal": outcome.journal,
        "cpu_s": round(cpu_s, 1),
        "broken": [f"seed {outcome.seed}: {violation}" for violation in outcome.violations],
    }
    KEPT.parent.mkdir(exist_ok=True)
    with KEPT.open("a") as kept:
        kept.write(json.dumps(line) + "\n")
    return line


def played(on_tree, orders):
    """Return the lines of this tree by their seeds."""
    if not KEPT.is_file():
        return {}
    lines = (json.loads(line) for line in KEPT.read_text().splitlines())
    return {line["seed"]: line for line in lines if (line["tree"], line["orders"]) == (on_tree, orders)}


def sums(lines):
    """Return the sums of lines: counts, classes of faults, stories, points, and what was broken."""
    found = {"seeds": len(lines), **{name: sum(line[name] for line in lines) for name in COUNTED}}
    for name in ("classes", "stories"):
        found[name] = Counter()
        for line in lines:
            found[name].update(line[name])
    found["points"] = sorted({point for line in lines for point in line["points"]})
    found["broken"] = [each for line in lines for each in line["broken"]]
    return found
