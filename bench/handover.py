"""What waking the workers costs a webhook: the hot path with its doorbell and without. `bin/bench handover`.

Both servers are up all the time and are asked in turn, for short whiles, so that whatever else the machine does meets
both. Somebody answers the bell at once, as an idle worker would: a bell that is still ringing is not rung again, which
costs next to nothing. The second figure counts what the server takes of the CPU for a webhook: it is hardly disturbed
by what else runs.
"""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Iterator

from redis import Redis

from bench import load
from bench.load import Round
from bench.machines import Machines, child, free_port, machines, median, sql

GOAL = 0.10  # of what is taken in without waking anybody
APPS = {"silent": "bench.silent:app", "rung": "wsgi:app"}


def main(rounds: int = 12, seconds: int = 2) -> bool:
    """Print both and the difference; return whether the goal holds."""
    load.need_wrk()
    found: dict[str, list[Round]] = {name: [] for name in APPS}
    with machines() as here, _answered(here) as heard, _servers(here) as servers:
        for number in range(rounds):
            for name in list(APPS)[:: 1 if number % 2 else -1]:
                port, pid = servers[name]
                found[name].append(load.burst(here, port, pid, seconds, f"{name}{number}"))
            print(f"round {number + 1:2}  " + "  ".join(f"{name} {_said(rows[-1])}" for name, rows in found.items()))
            sql(here.super_url, "truncate webhook_inbox")
    return _say(found, len(heard) / (rounds * seconds))


@contextlib.contextmanager
def _servers(here: Machines) -> Iterator[dict[str, tuple[int, int]]]:
    """Run both and warm them up; gives port and process of each."""
    with contextlib.ExitStack() as stack:
        servers = {}
        for name, app in APPS.items():
            port = free_port()
            log = here.folder / f"{name}.log"
            servers[name] = port, stack.enter_context(child(load.granian(port, app), here.app(), log, port))
            load.burst(here, *servers[name], load.WARM_S, f"warm-{name}")
        yield servers


@contextlib.contextmanager
def _answered(here: Machines) -> Iterator[list[bytes]]:
    """Take every ring off the queue at once; gives what was heard."""
    redis, heard, over = Redis.from_url(here.redis_url), list[bytes](), threading.Event()

    def listen() -> None:
        while not over.is_set():
            ring = redis.blpop(["rq:queue:inbox"], timeout=1)
            if ring is not None:
                heard.append(ring[1])

    listening = threading.Thread(target=listen)
    listening.start()
    try:
        yield heard
    finally:
        over.set()
        listening.join()


def _said(one: Round) -> str:
    return f"{one.per_second:6.0f}/s {one.cpu_micros:5.0f} us"


def _say(found: dict[str, list[Round]], rings: float) -> bool:
    pairs = list(zip(found["rung"], found["silent"], strict=True))
    by_rate = 1 - median([rung.per_second / silent.per_second for rung, silent in pairs])
    by_cpu = median([rung.cpu_micros / silent.cpu_micros for rung, silent in pairs]) - 1
    kept = all(each.kept for rows in found.values() for each in rows)
    print(f"every accepted id kept once: {'yes' if kept else 'NO'}; {rings:.0f} rings a second of load were answered")
    print(
        f"hand-over costs {by_rate:.1%} of the rate and {by_cpu:.1%} of the server's CPU for a webhook"
        f" (medians of {len(pairs)} pairs in turn; goal at most {GOAL:.0%} of the rate)"
    )
    return by_rate <= GOAL and kept and rings > 0


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
