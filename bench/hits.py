"""Opens and clicks: the hot path against one INSERT a hit under gunicorn's threads. `bin/bench hits`.

Ours checks each link's signature and looks up where a click leads; the peer takes any word for a token. Measured with
links that have been asked for before, half opens, half clicks, and with those nobody has asked for yet, as most are in
life: nine opens a click, and each alone. After each round every hit that was answered is looked for in the table.
"""

from __future__ import annotations

import contextlib
import os
import resource
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg

from app.kit.signing import new_public_id
from app.messages.signed.links import Purpose, path
from bench import due_orders, load, sends
from bench.load import Round
from bench.machines import ROOT, Machines, child, free_port, machines, median, sql

GOAL = 8.0  # of the peer, for links asked for before
PEER, KNOWN = "INSERT a hit, gunicorn gthread", "Welltimed, links known"
OPENS, CLICKS, NINE_OPENS = "Welltimed, new opens", "Welltimed, new clicks", "Welltimed, new, 9 opens a click"
OURS = (KNOWN, NINE_OPENS, OPENS, CLICKS)
MANY, FEW = 60_000, 400  # more than a process remembers; so few that asking once more when it forgot is nothing

MESSAGES = """insert into message
        (shop_id, follow_up_id, public_id, step, message_class, recipient, locale, state, created_at)
    select %s, -n, id, 'thank_you', 'transactional', 'a@customer.example', 'en', 'accepted', now()
    from unnest(%s::text[]) with ordinality t(id, n)"""
LINKS = """insert into tracked_link (shop_id, message_id, public_id, purpose, position, target)
    select shop_id, id, public_id, 'tracking', 0, 'https://track.example.com/' || id from message"""


def main(rounds: int = 9, seconds: int = 2) -> bool:
    """Print all and their ratios; return whether the goal holds."""
    load.need_wrk()
    found: dict[str, list[Round]] = {name: [] for name in (PEER, *OURS)}
    with machines() as here:
        env = here.app()
        paths = _links(here, env)
        sql(
            here.super_url,
            "create table hit(id bigint generated always as identity primary key, tok text, ua text, at timestamptz)",
        )
        with _sides(here, env, paths) as sides:
            for number in range(rounds):
                for name in list(sides)[:: 1 if number % 2 else -1]:
                    found[name].append(_burst(here, sides[name], seconds))
                print(f"round {number + 1}  " + "  ".join(f"{rows[-1].per_second:6.0f}/s" for rows in found.values()))
    return _say(found)


def _links(here: Machines, env: dict[str, str]) -> dict[str, Path]:
    """Make mails with links and write the addresses down: what each side is asked for, opens and clicks in turn."""
    runtime = sends.wired(env)
    shop, _ = due_orders.shop_with_flows(runtime)
    ids = [new_public_id() for _ in range(MANY)]
    with psycopg.connect(here.super_url, autocommit=True) as connection:
        connection.execute(MESSAGES, (shop, ids))
        connection.execute(LINKS)
        connection.execute("vacuum analyze")
    opens, clicks = (
        [path(runtime.config, purpose, shop, one) for one in ids] for purpose in (Purpose.OPEN, Purpose.CLICK)
    )
    known = [each for pair in zip(opens[:FEW], clicks[:FEW], strict=True) for each in pair]
    nine_opens = [(clicks if place % 10 == 9 else opens)[place] for place in range(MANY)]
    asked = {PEER: opens[:FEW], KNOWN: known, NINE_OPENS: nine_opens, OPENS: opens, CLICKS: clicks}
    files = {}
    for name, lines in asked.items():
        files[name] = here.folder / name.replace(" ", "-")
        files[name].write_text("\n".join(lines) + "\n")
    return files


@dataclass(frozen=True)
class Side:
    """One server that is up, what it is asked, and the table it keeps hits in."""

    port: int
    paths: Path
    table: str


@contextlib.contextmanager
def _sides(here: Machines, env: dict[str, str], paths: dict[str, Path]) -> Iterator[dict[str, Side]]:
    """Run all, warmed up: they are asked in turn, so that whatever else the machine does meets each."""
    url = f"host=127.0.0.1 port={here.pg_port} user=postgres dbname=bench"
    gunicorn = [str(Path(sys.executable).parent / "gunicorn"), "-w", "2", "-k", "gthread", "--threads", "8"]
    gunicorn += ["--log-level", "error", "--chdir", str(ROOT / "bench" / "baselines"), "serve:app", "-b"]
    sides = {name: Side(free_port(), path, "hit" if name == PEER else "hit_inbox") for name, path in paths.items()}
    with contextlib.ExitStack() as stack:
        for name, side in sides.items():
            peer = [*gunicorn, f"127.0.0.1:{side.port}"], os.environ | {"MODE": "hit", "DSN": url}
            command, variables = peer if name == PEER else (load.granian(side.port), env)
            stack.enter_context(child(command, variables, here.folder / f"{side.port}.log", side.port))
            _burst(here, side, load.WARM_S)
        yield sides


def _burst(here: Machines, side: Side, seconds: int) -> Round:
    """Ask one side for so long; its CPU is the server's and the database's."""
    sql(here.super_url, f"truncate {side.table}")
    before = load.cpu_s(os.getpid()) - _own_s()
    told = load.wrk(side.port, "hits.lua", seconds, {"PATHS": str(side.paths)})
    kept = not told["refused"] and _arrive(here, side.table, told["requests"] - 5)
    return load.measured(told, kept=kept, cpu=load.cpu_s(os.getpid()) - _own_s() - before)


def _own_s() -> float:
    """Return what the benchmark itself has taken, and what wrk has: of all it started, the one that ends in between."""
    used = [resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


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
        rate, p50, p99, cpu = (
            median([getattr(each, key) for each in rows]) for key in ("per_second", "p50_ms", "p99_ms", "cpu_micros")
        )
        pairs = list(zip(rows, found[PEER], strict=True))
        ratios[name] = median([one.per_second / peer.per_second for one, peer in pairs])
        by_cpu = median([peer.cpu_micros / one.cpu_micros for one, peer in pairs])
        kept = "yes" if all(each.kept for each in rows) else "NO"
        print(
            f"{name:32} {rate:7.0f}/s  p50 {p50:6.1f} ms  p99 {p99:6.1f} ms  x{ratios[name]:5.2f}"
            f"  {cpu:5.0f} us of CPU with the database's, x{by_cpu:5.2f}  every hit kept: {kept}"
        )
    print(f"medians of {len(found[PEER])} rounds in turn; goal x{GOAL} of the rate for known links")
    return ratios[KNOWN] >= GOAL and all(each.kept for name in OURS for each in found[name])


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
