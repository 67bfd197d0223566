"""Opens and clicks: the hot path against one INSERT a hit under gunicorn's threads. `bin/bench hits`.

Ours checks each link's signature and looks up where it leads, half of them opens, half clicks; the peer takes any word
for a token. Measured twice: links that have been asked for before, and links nobody has asked for yet, as most are in
life. After each round every hit that was answered is looked for in the table.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import psycopg

from app.kit.signing import new_public_id
from app.messages.links import Purpose, path
from bench import due_orders, load, sends
from bench.load import Round
from bench.machines import ROOT, Machines, child, free_port, machines, median, sql

GOAL = 8.0  # of the peer, for links asked for before
PEER, KNOWN, NEW = "INSERT a hit, gunicorn gthread", "Welltimed, links known", "Welltimed, links new"
MANY, FEW = 60_000, 4_000  # more than a process remembers, and fewer

MESSAGES = """insert into message
        (shop_id, follow_up_id, public_id, step, message_class, recipient, locale, state, created_at)
    select %s, -n, id, 'thank_you', 'transactional', 'a@customer.example', 'en', 'accepted', now()
    from unnest(%s::text[]) with ordinality t(id, n)"""
LINKS = """insert into tracked_link (shop_id, message_id, public_id, purpose, position, target)
    select shop_id, id, public_id, 'tracking', 0, 'https://track.example.com/' || id from message"""


def main(rounds: int = 5, seconds: int = 3) -> bool:
    """Print all three and their ratios; return whether the goal holds."""
    load.need_wrk()
    found: dict[str, list[Round]] = {PEER: [], KNOWN: [], NEW: []}
    with machines() as here:
        env = here.app()
        few, many = _links(here, env)
        sql(
            here.super_url,
            "create table hit(id bigint generated always as identity primary key, tok text, ua text, at timestamptz)",
        )
        for number in range(rounds):
            for name, rows in found.items():
                rows.append(
                    _peer(here, few, seconds)
                    if name == PEER
                    else _ours(here, env, few if name == KNOWN else many, seconds)
                )
                print(
                    f"round {number + 1}  {name:32} {rows[-1].per_second:7.0f}/s  p99 {rows[-1].p99_ms:6.1f} ms",
                    flush=True,
                )
    return _say(found)


def _links(here: Machines, env: dict[str, str]) -> tuple[Path, Path]:
    """Make mails with links and write the addresses down, opens and clicks in turn."""
    runtime = sends.wired(env)
    shop, _ = due_orders.shop_with_flows(runtime)
    ids = [new_public_id() for _ in range(MANY)]
    with psycopg.connect(here.super_url, autocommit=True) as connection:
        connection.execute(MESSAGES, (shop, ids))
        connection.execute(LINKS)
        connection.execute("vacuum analyze")
    lines = [path(runtime.config, (Purpose.OPEN, Purpose.CLICK)[n % 2], shop, one) for n, one in enumerate(ids)]
    files = here.folder / "few", here.folder / "many"
    for file, count in zip(files, (FEW, MANY), strict=True):
        file.write_text("\n".join(lines[:count]) + "\n")
    return files


def _peer(here: Machines, paths: Path, seconds: int) -> Round:
    port = free_port()
    url = f"host=127.0.0.1 port={here.pg_port} user=postgres dbname=bench"
    opens = paths.with_name("opens")
    opens.write_text("\n".join(line for line in paths.read_text().split() if line.startswith("/o/")) + "\n")
    command = [str(Path(sys.executable).parent / "gunicorn"), "-b", f"127.0.0.1:{port}", "-w", "2", "-k", "gthread"]
    command += ["--threads", "8", "--log-level", "error", "--chdir", str(ROOT / "bench" / "baselines"), "serve:app"]
    return _measured(here, command, os.environ | {"MODE": "hit", "DSN": url}, port, opens, seconds, "hit")


def _ours(here: Machines, env: dict[str, str], paths: Path, seconds: int) -> Round:
    port = free_port()
    return _measured(here, load.granian(port), env, port, paths, seconds, "hit_inbox")


def _measured(
    here: Machines, command: list[str], env: dict[str, str], port: int, paths: Path, seconds: int, table: str
) -> Round:
    sql(here.super_url, f"truncate {table}", "checkpoint")
    told_paths = {"PATHS": str(paths)}
    with child(command, env, here.folder / "server.log", port):
        warm = load.wrk(port, "hits.lua", load.WARM_S, told_paths)
        told = load.wrk(port, "hits.lua", seconds, told_paths)
        asked = warm["requests"] + told["requests"]
        kept = not told["refused"] and _arrive(here, table, asked - 5)
    return load.measured(told, kept=kept)


def _arrive(here: Machines, table: str, wanted: float) -> bool:
    """Wait a little for the last hits; say whether all are there."""
    with psycopg.connect(here.super_url, autocommit=True) as connection:
        for _ in range(50):
            row = connection.execute(f"select count(*) from {table}").fetchone()
            if row and row[0] >= wanted:
                return True
            time.sleep(0.1)
    return False


def _say(found: dict[str, list[Round]]) -> bool:
    ratios = {}
    for name, rows in found.items():
        rate, p50, p99 = (median([getattr(each, key) for each in rows]) for key in ("per_second", "p50_ms", "p99_ms"))
        ratios[name] = median([one.per_second / peer.per_second for one, peer in zip(rows, found[PEER], strict=True)])
        kept = "yes" if all(each.kept for each in rows) else "NO"
        print(
            f"{name:32} {rate:7.0f}/s  p50 {p50:6.1f} ms  p99 {p99:6.1f} ms  x{ratios[name]:5.2f}"
            f"  every hit kept: {kept}"
        )
    print(f"medians of {len(found[PEER])} interleaved rounds; goal x{GOAL} for known links")
    return ratios[KNOWN] >= GOAL and all(each.kept for each in (*found[KNOWN], *found[NEW]))


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
