"""Claims about `bin/run` and `bin/test`, made on a whole clone of the last commit. Never quick."""

import os
import re
import signal
import subprocess
import time
from functools import cache

from tests.prove.claims import Figure, Scale, claim
from tests.prove.whole_clone import STRANGER, Start, clone, give_away, run_once

MB = 1_000_000
GROUP = re.compile(r"^== (\w[\w ]*): (\w+) in (\d+) s$", re.MULTILINE)


@cache
def starts() -> dict[str, Start]:
    """Start a clone as often as the claims need, and keep what each start was like."""
    found = {}
    with clone(0o700) as folder:
        found["first"] = run_once(folder, signal.SIGTERM)
        found["second"] = run_once(folder, signal.SIGINT, measure=True)
    if os.getuid() == 0:
        with clone(0o700) as folder:  # with a .venv of its own: root's Python may lie where nobody else may look
            give_away(folder, STRANGER)
            found["as a plain user"] = run_once(folder, signal.SIGTERM, user=STRANGER)
    return found


@claim("main-job", "With warm package caches, a fresh clone is a usable demo in less than three minutes")
def first_start(scale: Scale) -> Figure:
    """Time `bin/run` in a clone without .venv and .data, until its pages answer."""
    taken = starts()["first"].usable_s
    return Figure(f"usable after {taken:.0f} s", holds=taken < 180)


@claim("main-job", "The second start takes less than ten seconds")
def second_start(scale: Scale) -> Figure:
    """Time the same again."""
    taken = starts()["second"].usable_s
    return Figure(f"usable after {taken:.1f} s", holds=taken < 10)


@claim("main-job", "It runs as root, also under a 0700 home, and as a plain user")
def whoever_starts_it(scale: Scale) -> Figure:
    """Start it as both, in a folder nobody else may enter."""
    if os.getuid() != 0:
        return Figure("only a plain user's start could be tried: this is not root", holds=False)
    plain = starts()["as a plain user"]
    words = f"root under 0700: {starts()['first'].usable_s:.0f} s, plain user: {plain.usable_s:.1f} s"
    return Figure(words, holds=plain.clean and starts()["first"].clean)


@claim("main-job", "SIGINT and SIGTERM leave nothing behind")
def stops(scale: Scale) -> Figure:
    """Look for processes, sockets and files after each."""
    found = starts().values()
    stayed = [one for start in found for one in start.stayed]
    slowest = max(start.stop_s for start in found)
    words = f"{len(found)} stops, the slowest {slowest:.1f} s, {len(stayed)} things left {stayed[:3] or ''}"
    return Figure(words, holds=all(start.clean for start in found) and slowest <= 20)


@claim("main-job", "The web process stays under 120 MB, everything bin/run starts under 700 MB")
def memory(scale: Scale) -> Figure:
    """Add up the proportional memory (PSS) of every process, once the demo is usable."""
    pss = starts()["second"].pss
    web, whole = pss.get("web", 0), sum(pss.values())
    parts = ", ".join(f"{name} {size / MB:.0f}" for name, size in sorted(pss.items(), key=lambda one: -one[1]))
    return Figure(
        f"web {web / MB:.0f} MB, all {whole / MB:.0f} MB ({parts})", holds=0 < web <= 120 * MB and whole <= 700 * MB
    )


@claim(
    "main-job",
    "bin/test takes less than eight minutes once its packages are installed, and each group says its seconds",
)
def test_time(scale: Scale) -> Figure:
    """Run it in a clone without CI."""
    with clone() as folder:
        environment = {name: value for name, value in os.environ.items() if name != "CI"}
        ready = ["sh", "-c", ". bin/ready", "bin/ready"]
        subprocess.run(ready, cwd=folder, env=environment, check=True, capture_output=True)
        began = time.monotonic()
        done = subprocess.run(
            ["bin/test"],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        taken = time.monotonic() - began
    groups = GROUP.findall(done.stdout)
    words = f"{taken:.0f} s: " + ", ".join(f"{name} {seconds}" for name, _, seconds in groups)
    failed = [name for name, outcome, _ in groups if outcome != "ok"]
    return Figure(
        words + (f"; failed: {failed}" if failed else ""), holds=done.returncode == 0 and taken < 480 and bool(groups)
    )
