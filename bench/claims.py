"""What claiming due rows costs beside sending them, with 100 thousand and a million rows pending. `bin/bench claims`.

500 due rows of one shop among rows of a hundred shops that are due later. Claiming is the lease of the shop and all its
batches, a transaction each; sending is a whole drain: claim, facts, decision, words, hand-off, outcome. Both are done
by one worker in turn, which has done them before.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable

from app.flows.sending import claim
from app.kit.queue import SENDS
from app.kit.runtime import Runtime
from bench import due_orders, sink
from bench.machines import Machines, child, free_port, machines, median, sql
from bench.sends import drain, wired

GOAL = 0.05  # of sending
DUE = 500
PENDING = (100_000, 1_000_000)
SHOPS = 100

# One run per shop holds its share: what is pending differs by its step alone, which no claim looks at.
PLANT = (
    """insert into shop (domain, generation, status, installed_at)
    select 'pending-' || n || '.myshopify.com', 1, 'active', now() from generate_series(1, {shops}) n
    on conflict do nothing""",
    """insert into shop_lease (shop_id) select id from shop on conflict do nothing""",
    """insert into flow (shop_id, key, state, version)
    select id, 'order', 'running', 1 from shop where domain like 'pending-%' on conflict do nothing""",
    """insert into enrollment (shop_id, flow_id, version, subject_kind, subject_id, order_id, frozen, entered_at)
    select shop_id, id, 1, 'order', 0, 0, '{{}}', now() from flow
    where shop_id in (select id from shop where domain like 'pending-%') on conflict do nothing""",
    """insert into follow_up (shop_id, enrollment_id, order_id, step, state, due_at, provisional, expires_at, zone,
        fence, attempts)
    select e.shop_id, e.id, 0, 'step ' || n, 'scheduled', now() + interval '1 day' + random() * interval '60 days',
        false, now() + interval '90 days', 'UTC', 0, 0
    from enrollment e, generate_series({first}, {last}) n where e.order_id = 0""",
)

UNCLAIM = "update follow_up set state = 'scheduled', lease_until = null where state = 'claimed'"


def main(rounds: int = 5) -> bool:
    """Print what claiming and sending take at each size; return whether the goal holds."""
    port = free_port()
    holds, planted = True, 0
    with (
        machines() as here,
        child([sys.executable, "-m", "bench.sink", str(port)], os.environ, here.folder / "sink.log", port),
    ):
        runtime = _worker(here.app(SMTP_URL=f"smtp://127.0.0.1:{port}"))
        shop, flow = due_orders.shop_with_flows(runtime)
        for pending in PENDING:
            _plant(here, planted, pending)
            planted = pending
            claims, sends = [], []
            for _ in range(rounds + 1):
                due_orders.fill(here.super_url, shop, flow, DUE)
                claims.append(_seconds(_claim_all, runtime))
                sql(here.super_url, UNCLAIM)
                sink.forget(port)
                sends.append(_seconds(_send_all, runtime))
                holds = holds and sink.seen(port).different == DUE
            # The first round is not counted: a worker lives for days, and has done all of this before.
            share = median([mine / all_of_it for mine, all_of_it in zip(claims[1:], sends[1:], strict=True)])
            holds = holds and share < GOAL
            print(
                f"{pending:9,} pending: claiming {DUE} takes {median(claims[1:]) * 1000:.1f} ms,"
                f" sending them {median(sends[1:]) * 1000:.0f} ms: {share:.1%} (goal < {GOAL:.0%})",
                flush=True,
            )
    return holds


def _worker(env: dict[str, str]) -> Runtime:
    """Wire the app as a sends worker does before its first job."""
    runtime = wired(env)
    for work in runtime.work:
        if work.queue == SENDS:
            work.make_ready()
    return runtime


def _plant(here: Machines, planted: int, pending: int) -> None:
    """Add pending rows until there are `pending`, on an analysed table."""
    for statement in PLANT:
        sql(here.super_url, statement.format(shops=SHOPS, first=planted // SHOPS + 1, last=pending // SHOPS))
    sql(here.super_url, "vacuum analyze", "checkpoint")


def _seconds(do: Callable[[Runtime], None], runtime: Runtime) -> float:
    started = time.perf_counter()
    do(runtime)
    return time.perf_counter() - started


def _claim_all(runtime: Runtime) -> None:
    for shop_id in claim.lease_shops(runtime):
        while claim.claim_batch(runtime, shop_id):
            pass
        claim.release_shop(runtime, shop_id)  # or nobody could send what is there for a minute


def _send_all(runtime: Runtime) -> None:
    while drain(runtime):
        pass


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
