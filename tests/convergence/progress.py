"""Keep what came of each seed in `.cache/passes.jsonl`, so that a later command goes on, or sums up.

A line counts for the tree it was played on alone: the app, the simulated store and how the two are played.
"""

import hashlib
import json
from pathlib import Path

from tests.house.places import ROOT

KEPT = ROOT / ".cache" / "passes.jsonl"
PROGRAMS = ("app/**/*.py", "app/**/*.graphql", "migrations/**/*.py", "templates/**/*", "devstore/**/*.py")
WORDS = ("devstore/schema.graphql", "shopify.app.toml", "requirements*.txt")
PLAYED_BY = ("tests/convergence/[!t]*.py", "tests/convergence/truth.py", "tests/servers.py", "tests/database.py")


def tree(root: Path = ROOT) -> str:
    """Return the hash of everything that has a say in how a seed plays."""
    told = hashlib.sha256()
    found = {path for pattern in (*PROGRAMS, *WORDS, *PLAYED_BY) for path in root.glob(pattern) if path.is_file()}
    for path in sorted(found):
        told.update(str(path.relative_to(root)).encode() + b"\0" + path.read_bytes() + b"\0")
    return told.hexdigest()[:16]


def keep(line: dict, kept: Path = KEPT) -> None:
    """Append a finished seed; `line` names its tree, seed and orders."""
    kept.parent.mkdir(exist_ok=True)
    with kept.open("a") as file:
        file.write(json.dumps(line) + "\n")


def played(on_tree: str, size: tuple[int, int] | None, kept: Path = KEPT) -> dict[int, dict]:
    """Return the lines of this tree and size (orders and shops, None where each seed has its own) by their seeds."""
    if not kept.is_file():
        return {}
    lines = (json.loads(line) for line in kept.read_text().splitlines())
    asked = list(size) if size else None
    return {line["seed"]: line for line in lines if (line["tree"], line["size"]) == (on_tree, asked)}
