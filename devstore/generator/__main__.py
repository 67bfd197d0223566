"""Make shops with years behind them: `python -m devstore.generator --shops 3 --years 2 --seed 7 --orders 20000`."""

import argparse
import json
import sys
import time
from collections import Counter
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from devstore.clock.now import store_now
from devstore.generator.history import Plan, draw, plans
from devstore.generator.load import load
from devstore.generator.truth import History, OrderPlaced
from devstore.state.engine import create_tables, unit_of_work


def main(arguments: list[str]) -> int:
    """Draw, plant and tell what was made; 2 when a shop of that name is there already."""
    reader = argparse.ArgumentParser(prog="python -m devstore.generator", description=__doc__)
    reader.add_argument("--shops", type=int, default=1, help="how many shops (default 1)")
    reader.add_argument("--years", type=float, default=2.0, help="how far back (default 2)")
    reader.add_argument("--orders", type=int, default=2_000, help="of the largest shop, about (default 2000)")
    reader.add_argument("--seed", type=int, default=7, help="the same seed makes the same shops (default 7)")
    reader.add_argument("--until", type=datetime.fromisoformat, help="where the past ends (default: the store's now)")
    reader.add_argument(
        "--plan", choices=("basic", "advanced", "plus"), default="basic", help="the shops' Shopify plan"
    )
    reader.add_argument("--truth", type=Path, help="write every true event to this file, one JSON object a line")
    reader.add_argument("--dry-run", action="store_true", help="draw and count; plant nothing, needs no database")
    asked = reader.parse_args(arguments)
    if asked.dry_run and asked.until is None:
        reader.error("--dry-run has no store's clock: say --until 2026-11-22T12:00:00+00:00")
    if not asked.dry_run:
        create_tables()
    until = asked.until or _now()
    if until.tzinfo is None:
        reader.error("--until needs an offset, as in 2026-11-22T12:00:00+00:00")
    if asked.truth is not None:
        asked.truth.write_text("")
    for plan in plans(asked.shops, asked.seed, until, years=asked.years, orders=asked.orders):
        began = time.monotonic()
        history = draw(plan)
        drawn = time.monotonic() - began
        if not asked.dry_run:
            try:
                with unit_of_work(announce=False) as session:
                    load(session, plan, history, shop_plan=asked.plan)
            except ValueError as fault:
                print(f"devstore.generator: {fault}", file=sys.stderr)
                return 2
        if asked.truth is not None:
            _write(asked.truth, history)
        _tell(plan, history, drawn, time.monotonic() - began - drawn)
    return 0


def _now() -> datetime:
    with unit_of_work(announce=False) as session:
        return store_now(session)


def _tell(plan: Plan, history: History, drawn: float, planted: float) -> None:
    kinds = Counter(event.kind for event in history.events if isinstance(event, OrderPlaced))
    told = ", ".join(f"{count} {kind}" for kind, count in kinds.most_common())
    print(
        f"{plan.shop} ({plan.trade.name}): {kinds.total()} orders since {plan.since:%Y-%m-%d}: {told}"
        f" · drawn in {drawn:.1f} s, planted in {planted:.1f} s",
        flush=True,
    )


def _write(path: Path, history: History) -> None:
    with path.open("a") as out:
        for event in history.events:
            told = {"event": type(event).__name__, "hidden": event.hidden} | asdict(event)
            out.write(json.dumps(told, default=str, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
