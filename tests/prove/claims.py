"""What a claim is, and how a file in this folder makes one.

    @claim("engine", "A cancelled order is never followed up", quick=True)
    def cancelled(scale):
        sent = simulate(journeys=scale(200, quick=20))
        return Figure(f"{sent} messages in {scale.size} journeys", holds=sent == 0)

A claim measures; it does not assert. One that raises does not hold. Claims about speed are never quick.
"""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree as ET

ROOT = Path(__file__).parents[2]

GROUPS = ("main-job", "engine", "messages", "reviews", "admin", "measure")


@dataclass(frozen=True)
class Figure:
    """What was measured, in words, and whether the claim holds by it."""

    words: str
    holds: bool


@dataclass(frozen=True)
class Scale:
    """How much to measure: a claim asks `scale(whole, quick=small)`. `seeds`: the first and last asked for, if any."""

    quick: bool
    seeds: tuple[int, int] | None = None

    def __call__(self, whole: int, *, quick: int) -> int:
        """Return the size for this run."""
        return quick if self.quick else whole

    def reached(self, played: int, wanted: int) -> bool:
        """Say whether so much was played that the claim may hold: of a small run or of named seeds, whatever was."""
        return self.quick or self.seeds is not None or played >= wanted


@dataclass(frozen=True)
class Claim:
    """One sentence about the product and the function that measures it."""

    group: str
    sentence: str
    measure: Callable[[Scale], Figure]
    quick: bool = field(default=False)


CLAIMS: list[Claim] = []


def claim(group: str, sentence: str, *, quick: bool = False) -> Callable[[Callable[[Scale], Figure]], Callable]:
    """Enter a function as the measure of a claim."""
    if group not in GROUPS:
        message = f"there is no group {group!r}"
        raise ValueError(message)

    def enter(measure: Callable[[Scale], Figure]) -> Callable[[Scale], Figure]:
        CLAIMS.append(Claim(group, sentence, measure, quick))
        return measure

    return enter


RESULTS = ROOT / ".cache" / "prove.xml"


def by_tests(*arguments: str, least: int = 1) -> Figure:
    """Measure by running tests: holds when at least `least` pass and none fails or skips. Not for quick claims.

    What the tests printed is in RESULTS until the next call.
    """
    results = RESULTS
    results.parent.mkdir(exist_ok=True)
    results.unlink(missing_ok=True)
    printed = ["-o", "junit_logging=system-out"]
    command = [sys.executable, "-m", "pytest", "--quiet", f"--junitxml={results}", *printed, *arguments]
    done = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    suites = list(ET.parse(results).getroot().iter("testsuite")) if results.is_file() else []
    total, failed, errors, skipped = (
        sum(int(suite.get(key, 0)) for suite in suites) for key in ("tests", "failures", "errors", "skipped")
    )
    if done.returncode:
        sys.stderr.write(done.stdout[-4000:])
    passed = total - failed - errors - skipped
    words = f"{passed} cases pass" + (f", {total - passed} do not" if total != passed else "")
    return Figure(words, holds=done.returncode == 0 and passed == total >= least)
