"""Measure claims and print them as a table: `python -m tests.prove.run [GROUP] [--quick]`. See bin/prove."""

import argparse
import importlib
import sys
import time
from pathlib import Path

from tests.prove.claims import CLAIMS, GROUPS, Claim, Figure, Scale

HERE = Path(__file__).parent


def main(arguments: list[str]) -> int:
    """Return 0 when every claim of the run holds, 1 when one does not, 2 when there is none to measure."""
    reader = argparse.ArgumentParser(prog="bin/prove", description="Measure what the product claims.")
    reader.add_argument("group", nargs="?", choices=GROUPS, help="only this group")
    reader.add_argument("--quick", action="store_true", help="the small claims alone, at small sizes")
    reader.add_argument("--only", metavar="WORDS", default="", help="only claims with these words in their sentence")
    reader.add_argument("--seeds", metavar="A-B", type=seeds, help="these seeds, where a claim is played by seeds")
    asked = reader.parse_args(arguments)
    for path in sorted(HERE.glob("claim_*.py")):
        importlib.import_module(f"tests.prove.{path.stem}")
    words = asked.only.lower()
    chosen = [
        one
        for one in CLAIMS
        if one.group == (asked.group or one.group) and (one.quick or not asked.quick) and words in one.sentence.lower()
    ]
    if not chosen:
        print("no claim to measure here")
        return 2
    width = max(len(one.sentence) for one in chosen)
    held = [tell(one, Scale(asked.quick, asked.seeds), width) for one in chosen]
    print(f"{sum(held)} of {len(held)} claims hold")
    return 0 if all(held) else 1


def seeds(text: str) -> tuple[int, int]:
    """Return the first and last seed of `A-B`, or of one number."""
    first, _, last = text.partition("-")
    return int(first), int(last or first)


def tell(one: Claim, scale: Scale, width: int) -> bool:
    """Measure one claim, print its line, and return whether it holds."""
    started = time.monotonic()
    try:
        figure = one.measure(scale)
    except Exception as fault:  # noqa: BLE001 - whatever it was, the claim does not hold, and the others still count
        figure = Figure(f"{type(fault).__name__}: {fault}", holds=False)
    taken = time.monotonic() - started
    verdict = "holds" if figure.holds else "DOES NOT HOLD"
    print(f"{one.group:9} {one.sentence:{width}} | {figure.words} | {verdict} | {taken:.1f} s", flush=True)
    return figure.holds


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
