"""The acknowledgement of a webhook with Redis up, gone, and silent: its p99 must not tell them apart. `bin/bench acks`.

Gone: nothing listens. Silent: connections are taken and never answered, as behind a firewall that drops.
"""

from __future__ import annotations

import socket
import sys

from bench import load
from bench.load import Round
from bench.machines import free_port, machines, median

GOAL = 2.0  # of the p99 with Redis up


def main(rounds: int = 5, seconds: int = 3) -> bool:
    """Print each state's p99 and its ratio to "up"; return whether the goal holds."""
    load.need_wrk()
    found: dict[str, list[Round]] = {"up": [], "gone": [], "silent": []}
    with machines() as here, socket.create_server(("127.0.0.1", 0), backlog=128) as silent:
        urls = {
            "up": here.redis_url,
            "gone": f"redis://127.0.0.1:{free_port()}",
            "silent": f"redis://127.0.0.1:{silent.getsockname()[1]}",
        }
        for number in range(rounds):
            for state, rows in found.items():
                rows.append(load.ours(here, seconds, f"{state}{number}", REDIS_URL=urls[state]))
                print(f"round {number + 1}  Redis {state:7} p99 {rows[-1].p99_ms:6.1f} ms", flush=True)
    return _say(found)


def _say(found: dict[str, list[Round]]) -> bool:
    holds = True
    for state, rows in found.items():
        ratio = median([row.p99_ms / up.p99_ms for row, up in zip(rows, found["up"], strict=True)])
        kept = all(row.kept for row in rows)
        holds &= ratio <= GOAL and kept
        print(
            f"Redis {state:7} p50 {median([row.p50_ms for row in rows]):6.1f} ms  p99"
            f" {median([row.p99_ms for row in rows]):6.1f} ms  x{ratio:.2f} of up"
            f"  every accepted id kept once: {'yes' if kept else 'NO'}"
        )
    print(f"goal: p99 at most x{GOAL} of up, median of {len(found['up'])} interleaved rounds")
    return holds


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
