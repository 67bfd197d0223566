"""How long a replay of a shop's stored past takes for a draft flow. `bin/bench simulate`.

A generated year of one shop, read page by page and walked on two processes, as `flask simulate --flow` does it: all its
orders, lines, parcels, scans, refunds, returns and people, the draft beside the shop's other flow.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from app.flows.facts import published
from app.flows.language.flow import change_sends
from app.flows.replay.ask import ask
from app.flows.replay.question import Question
from app.kit.work import unit_of_work
from bench import due_orders
from bench.machines import machines, run, sql
from bench.made_history import plant
from bench.sends import wired
from devstore.generator.history import Plan

ORDERS = 50_000
SEED = 12
PROCESSES = 2
GOAL_S = 60.0
YEAR = timedelta(days=366)
BEFORE = "update flow set started_at = now() - interval '400 days', include_from = now() - interval '400 days'"


def main(orders: int = ORDERS) -> bool:
    """Print what a draft alone and a draft against a version take; return whether the draft alone holds the goal."""
    with machines() as here:
        env = here.app()
        shop, _ = due_orders.shop_with_flows(wired(env))
        planted = plant(here.super_url, shop, Plan("made-up", SEED, datetime.now(UTC), years=1, orders=orders))
        sql(here.super_url, BEFORE)
        holds = False
        for versions in (1, 2):
            told = json.loads(run([sys.executable, "-m", "bench.simulate", "ask", str(shop), str(versions)], env))
            cpu = told["cpu_s"]
            print(
                f"{planted:,} orders, {versions} version{'s'[: versions > 1]}, {PROCESSES} processes:"
                f" {told['seconds']:.1f} s, {cpu:.1f} CPU s, {planted / cpu:,.0f} orders a CPU second,"
                f" {told['messages']:,} messages, {told['not_sent']:,} not sent",
                flush=True,
            )
            holds = holds or (versions == 1 and told["seconds"] < GOAL_S * planted / ORDERS)
    print(f"goal: {ORDERS:,} orders in under {GOAL_S:.0f} s on two cores: {'holds' if holds else 'does not hold'}")
    return holds


def measured(shop: int, versions: int) -> dict[str, float]:
    """Ask about the parcel flow, every message two days later, and against itself as it is."""
    here = wired(dict(os.environ))
    with unit_of_work(here, shop_id=shop) as session:
        _, document = published.current(session)["parcel"]
    draft = change_sends(document, lambda step: replace(step, delay=step.delay + timedelta(days=2)))
    until = datetime.now(UTC)
    started = time.perf_counter()
    told = ask(
        here, shop, Question(until - YEAR, until, draft, document if versions > 1 else None), processes=PROCESSES
    )
    seconds = time.perf_counter() - started
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return {
        "seconds": seconds,
        "cpu_s": sum(each.ru_utime + each.ru_stime for each in used),
        "messages": told.report.messages,
        "not_sent": sum(told.report.not_sent.values()),
    }


if __name__ == "__main__":
    if sys.argv[1:2] == ["ask"]:
        print(json.dumps(measured(int(sys.argv[2]), int(sys.argv[3]))))
    else:
        sys.exit(0 if main(*map(int, sys.argv[1:])) else 1)
