"""Webhooks kept before the 200: the hot path against Shopify's Express library with pg. `bin/bench webhooks`.

Both sides write into one table, `webhook_inbox`; the peer through a view that gives its four columns their names. After
each round the rows are counted against the unique ids that were accepted.
"""

from __future__ import annotations

import os
import subprocess
import sys

from bench import load
from bench.load import Round
from bench.machines import ROOT, SECRET, Machines, free_port, machines, median, sql
from oracles import install

GOAL = 1.5  # of the peer
PEER, OURS = "shopify-app-express + pg, 2 processes", "Welltimed, hot path"

ONE_TABLE = (
    (
        "alter table webhook_inbox alter received_at set default now(), alter state set default 'received',"
        " alter attempts set default 0"
    ),
    "create view inbox as select webhook_id as id, topic, shop_domain as shop, body as payload from webhook_inbox",
)


def main(rounds: int = 5, seconds: int = 5) -> bool:
    """Print both sides and their ratio; return whether the goal holds."""
    load.need_wrk()
    node = _peer()
    results: dict[str, list[Round]] = {PEER: [], OURS: []}
    with machines() as here:
        sql(here.super_url, *ONE_TABLE)
        for number in range(rounds):
            for name, found in results.items():
                found.append(
                    _express(here, node, seconds, number) if name == PEER else load.ours(here, seconds, str(number))
                )
                print(
                    f"round {number + 1}  {name:40} {found[-1].per_second:7.0f}/s  p99 {found[-1].p99_ms:6.1f} ms",
                    flush=True,
                )
    return _say(results)


def _say(results: dict[str, list[Round]]) -> bool:
    peer, ours = results[PEER], results[OURS]
    pairs = list(zip(ours, peer, strict=True))
    for name, found in results.items():
        rate, p50, p99 = (median([getattr(each, key) for each in found]) for key in ("per_second", "p50_ms", "p99_ms"))
        kept = "yes" if all(each.kept for each in found) else "NO"
        print(f"{name:40} {rate:7.0f}/s  p50 {p50:6.1f} ms  p99 {p99:6.1f} ms  every accepted id kept once: {kept}")
    ratio = median([mine.per_second / theirs.per_second for mine, theirs in pairs])
    tail = median([mine.p99_ms / theirs.p99_ms for mine, theirs in pairs])
    print(f"ratio x{ratio:.2f}, p99 x{tail:.2f} (medians of {len(pairs)} interleaved rounds; goal x{GOAL})")
    return ratio >= GOAL and all(each.kept for each in ours)


def _peer() -> str:
    install.main()
    folder = ROOT / "bench"
    if not (folder / "node_modules" / "pg").exists():
        subprocess.run(
            [str(install.BIN / "npm"), "ci", "--no-audit", "--no-fund"], cwd=folder, check=True, capture_output=True
        )
    return str(install.BIN / "node")


def _express(here: Machines, node: str, seconds: int, number: int) -> Round:
    port = free_port()
    env = {"PEER": "express", "N": "2", "PORT": str(port), "PG_PORT": str(here.pg_port), "SECRET": SECRET}
    command = [node, "bench/baselines/peer_node.mjs"]
    return load.webhooks(
        here, command, os.environ | env | {"NODE_DIR": str(ROOT / "bench")}, port, seconds, str(number)
    )


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
