"""Many shops behind bad webhooks, read right again by passes: `python -m tests.convergence.many A-B`.

Each seed has shops of its own: every fourth one large shop, the others many small ones. Ordinary orders live sixteen
days. Of their webhooks 30 % are lost, 20 % come twice, 20 % come up to 48 hours late, all shuffled; no pass runs
meanwhile. Then every shop is passed over, on a clock that stands still but for the waiting: Shopify's buckets fill by
it, and passes rest by it. Prints JSON, an object a seed, and says on the way which seed is done.

`--size ORDERS SHOPS` for each seed, `--part 1/2` of the seeds, `--seconds N` within which a seed is begun. A seed that
was played on this tree is not played again, except with `--anew`, which keeps nothing.
"""

import argparse
import contextlib
import gc
import io
import json
import math
import random
import sys
import time
from collections import Counter
from dataclasses import asdict, dataclass
from datetime import timedelta

import pytest
from sqlalchemy import case, func, insert, literal, select, update

from app.flows.syncing import sync
from app.kit.engines import SYSTEM
from app.kit.work import unit_of_work
from app.shopify.models import SyncCursor
from devstore.state.engine import unit_of_work as store_work
from devstore.state.models import WebhookDelivery
from tests.convergence.compare import compare
from tests.convergence.journeys import LAST_ACT_H, Journey
from tests.convergence.player import Player
from tests.convergence.progress import keep, played, tree
from tests.convergence.shops import plant_one
from tests.convergence.side_by_side import BEGINNING, side_by_side
from tests.convergence.spending import Spending
from tests.database import migrate_one
from tests.servers import run_cluster, run_valkey, temporary_folder
from tests.simulator.cost import cpu_seconds

LOST, TWICE, LATE = 0.3, 0.2, 0.2
MOST_LATE, SHUFFLED = timedelta(hours=48), timedelta(minutes=10)
STEP = timedelta(hours=12)
PASSES = 2
ORDERS, MANY_SHOPS, LARGE_EVERY = 250, 10, 4  # of a seed; one in so many seeds is a single shop


class Ordinary(Journey):
    """An order as most are: paid, shipped whole or in part, scanned, now and then edited, cancelled or sent back."""

    def _draw(self):
        placed = self.dice.uniform(0, 200)
        self.at(placed, "buy", paid=True)
        if self.happens(0.05):
            self.at(placed + self.dice.uniform(0, 5), "edit")
        if self.happens(0.04):
            self.at(placed + self.dice.uniform(1, 9), "cancel")
            return
        shipped = placed + self.dice.uniform(6, 40)
        self.at(shipped, "ship", part=self.happens(0.2), tracked=not self.happens(0.1))
        if self.happens(0.2):
            self.at(shipped + self.dice.uniform(1, 48), "ship", part=False, tracked=True)
        arrived = shipped + self.dice.uniform(24, 96)
        self.at(shipped + self.dice.uniform(2, 23), "scan", status="in_transit")
        if self.happens(0.8):
            self.at(arrived, "scan", status="delivered")
        if self.happens(0.08):
            self.at(arrived + self.dice.uniform(1, 60), "refund", kind=self.dice.choice(["part", "all", "money"]))
        if self.happens(0.08):
            self.at(arrived + self.dice.uniform(2, 50), "ask_return")
            self.at(arrived + self.dice.uniform(50, 70), "decide", decision="approve")
            self.at(arrived + self.dice.uniform(70, 99), "decide", decision="close")


@dataclass
class Outcome:
    """What came of a run. `wrong` holds the differences before the passes and after each; `worst_share` is the most
    of a Standard bucket that any shop's passes took within any quarter of an hour of the virtual clock.
    """

    shops: int
    orders: int
    webhooks: int
    fates: dict
    compared: int
    wrong: list
    left: list
    points: float
    worst_share: float
    requests: int
    pass_minutes: float


def play(both, orders, shops, seed):
    """Let the orders live, then pass over every shop; return the outcome."""
    names = [f"shop-{number}" for number in range(shops)]
    ids = {}
    for name in names:
        plant_one(name)
        ids[name] = both.open_app(name)
        both.reconcile(ids[name])
    fates = _live(both, names, orders, seed)
    before = _compare(both, ids)
    wrong, left = [len(before.differences)], []
    with pytest.MonkeyPatch.context() as patch:
        spending = Spending(patch, both)
        patch.setitem(both.wired.parts, "admin", _sleeping_by(both, both.wired.parts["admin"]))
        began = both.now
        for _ in range(PASSES):
            _pass_over(both)
            found = _compare(both, ids)
            wrong.append(len(found.differences))
            left = found.differences[:3]
            if not found.differences:
                break
        minutes = (both.now - began).total_seconds() / 60
        return Outcome(
            shops=shops, orders=orders, webhooks=both.delivered, fates=dict(fates), compared=found.compared,
            wrong=wrong, left=left, points=spending.points, worst_share=spending.worst_share(),
            requests=spending.requests, pass_minutes=minutes,
        )  # fmt: skip


def _live(both, names, orders, seed):
    dice, fates, drawn = random.Random(seed), Counter(), 0
    journeys = [Ordinary(number, seed) for number in range(orders)]
    players = [Player(both.store, names[number % len(names)]) for number in range(orders)]
    acts = sorted(
        (hours, journey.number, place, verb, words)
        for journey in journeys
        for place, (hours, verb, words) in enumerate(journey.acts)
    )
    place, now = 0, BEGINNING
    ends = BEGINNING + timedelta(hours=LAST_ACT_H) + MOST_LATE + STEP
    while now < ends or (now < ends + MOST_LATE and both.on_the_way()):  # the second of two that both come late
        now += STEP
        while place < len(acts) and BEGINNING + timedelta(hours=acts[place][0]) <= now:
            hours, number, _, verb, words = acts[place]
            both.move_store(BEGINNING + timedelta(hours=hours))
            players[number].play(journeys[number], verb, words)
            place += 1
        drawn = _draw_fates(dice, fates, drawn)
        both.move(now)
        if both.deliver():
            both.apply()
    assert both.on_the_way() == 0
    return fates


def _draw_fates(dice, fates, drawn):
    """Lose, double and delay what was announced since; return the last id drawn for."""
    sent, lost, waits, again = WebhookDelivery, [], {}, {}
    with store_work(announce=False) as session:
        new = select(sent.id).where(sent.id > drawn, sent.state == "waiting").order_by(sent.id)
        for number in session.scalars(new).all():
            is_lost, is_twice, is_late = dice.random() < LOST, dice.random() < TWICE, dice.random() < LATE
            fates["lost" if is_lost else "late" if is_late else "in time"] += 1
            if is_lost:
                lost.append(number)
            waits[number] = dice.random() * (MOST_LATE if is_late else SHUFFLED)
            if is_twice and not is_lost:
                fates["twice"] += 1
                again[number] = waits[number] + dice.random() * MOST_LATE
        if not waits:
            return drawn
        if again:
            names = [column.key for column in sent.__table__.columns if column.key not in {"id", "due_store"}]
            due = (sent.due_store + _of_each(again)).label("due_store")
            copies = select(*[getattr(sent, name) for name in names], due).where(sent.id.in_(again)).order_by(sent.id)
            session.execute(insert(sent).from_select([*names, "due_store"], copies))
            drawn = session.scalar(select(func.max(sent.id)))
        state = case((sent.id.in_(lost), literal("lost")), else_=sent.state)
        changed = update(sent).where(sent.id.in_(waits)).values(state=state, due_store=sent.due_store + _of_each(waits))
        session.execute(changed.execution_options(synchronize_session=False))
        return max(drawn, *waits)


def _of_each(waits):
    """Return the wait of the delivery in hand."""
    return case(waits, value=WebhookDelivery.id, else_=timedelta())


def _pass_over(both):
    """Pass over every shop once, as the bulk worker does, moving the clock to whoever is due next."""
    with unit_of_work(both.wired, role=SYSTEM) as session:
        session.execute(update(SyncCursor).values(next_at=both.now))
    began = both.now
    while True:
        while sync.run_due(both.wired):
            pass
        soonest = select(func.min(SyncCursor.next_at)).where(SyncCursor.pass_started_at.is_not(None))
        ((at,),) = both.rows(soonest)
        behind = select(func.count()).select_from(SyncCursor).where(SyncCursor.finished_at <= began)
        if at is None and not both.rows(behind.where(SyncCursor.next_at <= both.now))[0][0]:
            return
        both.move(to=max(at or both.now, both.now) + timedelta(seconds=1))


def _sleeping_by(both, real):
    """Let who asks Shopify sleep by the virtual clock."""

    def admin(*given):
        client = real(*given)
        client.sleep = lambda seconds: both.move(seconds=int(seconds) + 1)
        return client

    return admin


def _compare(both, ids):
    """Compare every shop; return the sum."""
    total = None
    for name, shop_id in ids.items():
        found = compare(both.wired, shop_id, f"{name}.myshopify.com")
        found.differences = [f"{name}: {one}" for one in found.differences]
        if total is None:
            total = found
        else:
            total.compared += found.compared
            total.differences += found.differences
    return total


def shape(seed):
    """Return how many orders a seed has, and at how many shops."""
    return ORDERS, 1 if seed % LARGE_EVERY == 0 else MANY_SHOPS


def main(seeds, size=None, seconds=math.inf, *, anew=False):
    """Play seeds, a number each, while there is time to begin one; return what came of each, as JSON values."""
    began, on_tree = time.monotonic(), tree()
    done = {} if anew else played(on_tree, size)
    found = [done[seed] for seed in seeds if seed in done]
    left = [seed for seed in seeds if seed not in done]
    if not left:
        return found
    with temporary_folder() as folder, run_cluster(folder) as cluster, run_valkey(folder) as redis_url:
        template = migrate_one(cluster)
        for seed in left:
            if time.monotonic() - began >= seconds:
                break
            before = cpu_seconds()
            with side_by_side(cluster, redis_url, folder, template) as both:
                told = asdict(play(both, *(size or shape(seed)), f"seed {seed}"))
            spent = round(cpu_seconds() - before, 1)
            found.append({"tree": on_tree, "seed": seed, "size": size, **told, "cpu_s": spent})
            if not anew:
                keep(found[-1])
            print(json.dumps(found[-1]), file=sys.stderr, flush=True)
    return found


def asked(arguments):
    """Return the seeds, their size, the seconds, and whether to play anew what was played."""
    reader = argparse.ArgumentParser(prog="python -m tests.convergence.many")
    reader.add_argument("seeds")
    reader.add_argument("--size", nargs=2, type=int)
    reader.add_argument("--seconds", type=float, default=math.inf)
    reader.add_argument("--part", default="1/1")
    reader.add_argument("--anew", action="store_true")
    told = reader.parse_args(arguments)
    first, _, last = told.seeds.partition("-")
    part, _, parts = told.part.partition("/")
    seeds = range(int(first) + int(part) - 1, int(last or first) + 1, int(parts))
    return seeds, told.size, told.seconds, told.anew


if __name__ == "__main__":
    gc.set_threshold(50_000, 50, 50)  # a short life with much memory at hand
    *what, anew = asked(sys.argv[1:])
    with contextlib.redirect_stdout(io.StringIO()):  # the app's log lines go there
        outcomes = main(*what, anew=anew)
    print(json.dumps(outcomes))
