"""Put the app on the stage: its own code on a real PostgreSQL, its processes as tasks, the world for a network."""

import base64
import contextlib
import hashlib
import hmac
import json
import math
from dataclasses import replace
from datetime import timedelta

import psycopg
import pytest

from app.channels.smtp import connection as smtp
from app.kit import fault, jobs, runtime, ticker
from app.kit.queue import BULK, INBOX, SENDS
from app.shopify.asking import gateway
from app.shopify.entry.token_pair import TokenPair
from app.shops import arrive, tokens
from tests.database import API_SECRET
from tests.simulator.hub import Hub
from tests.simulator.machine import replace_machine
from tests.simulator.shopify import SCOPES
from tests.simulator.tasks import Monitor, Process

HANDED_OFF = (
    "select m.public_id from attempt a join message m using (shop_id) where a.message_id = m.id and a.state = 'handoff'"
)
SECOND_TICKS = 0.3
REAL_COMMIT = psycopg.Connection.commit


class Bells:
    """Stand for Redis: what was rung and not yet heard."""

    def __init__(self, fates):
        self.fates, self.rung, self.gone = fates, set(), False

    def ring(self, queue):
        """Ring, unless nobody is there to carry it."""
        if self.gone:
            return False
        self.rung.add(queue)
        return True

    def reachable(self):
        """Say whether Redis answers."""
        return not self.gone


class Points(dict):
    """Stand for the armed fault points: every one is, and the dice decide."""

    def __init__(self, stage):
        super().__init__()
        self.stage = stage

    def get(self, name, default=None):
        """Act at a point, as the dice fall."""
        self.stage.at_point(name)
        return default


class Stage:
    """Hold the hub, the app's parts and what the run must not forget."""

    def __init__(self, hub, fates, wired, monitor):
        self.hub, self.fates, self.wired, self.monitor = hub, fates, wired, monitor
        self.bells = wired.doorbell
        self.workers = {}
        self.excused, self.reached, self.faults = set(), set(), []
        self.web = wired.parts["flask"].test_client()
        self.stop_everybody = lambda: None
        self.bulk_workers = 1  # none: whoever asks shops anew is busy elsewhere, and only webhooks tell what is new

    # -- trouble

    def at_point(self, name):
        """Die, fail or stall at a named point."""
        task = self.hub.current
        if task is None:
            return
        self.reached.add(name)
        self.hub.perhaps_give_way()
        what = self.fates.at_point(name)
        if what is None:
            return
        if what == "stop":
            self.stop_everybody()
            self.hub.sleep(timedelta(seconds=30))
            return
        self._trouble(what)
        if what == "raise":
            raise fault.InjectedFault(name)

    def before_statement(self, connection, what_for):
        """Spoil a statement, as the dice fall."""
        if what_for != "_execute_gen":
            return
        what = self.fates.at_statement()
        if what is None:
            return
        self._trouble(what)
        if what == "collision":
            kind = self.fates.dice.choice(["DeadlockDetected", "SerializationFailure", "LockNotAvailable"])
            raise getattr(psycopg.errors, kind)("injected")
        if what == "gone":
            self.cut(connection)
            raise psycopg.OperationalError("server closed the connection unexpectedly")

    def commit(self, connection):
        """Commit, unless the answer or the question is lost."""
        what = self.fates.at_commit() if self.hub.current is not None else None
        if what is not None:
            self.excuse()
        if what != "before":
            REAL_COMMIT(connection)
        if what is not None:
            self.excuse()
            self.cut(connection)
            raise psycopg.OperationalError("server closed the connection unexpectedly")

    def _trouble(self, what):
        self.excuse()
        if what == "die":
            self.hub.die()
        if what == "stall":
            self.hub.sleep(timedelta(seconds=self.fates.stall_s()))
            self.excuse()

    def excuse(self):
        """Note whose mail is handed off right now: a fault here may leave its outcome unknown."""
        self.excused.update(row[0] for row in self.monitor.execute(HANDED_OFF))

    def cut(self, connection):
        """Lose a connection, and wait until the server has noticed."""
        self.hub.cut(connection)

    def reinstall(self, wired):
        """Let the app's parts be others from now on."""
        self.wired = wired
        runtime.install(wired)

    # -- processes

    def process(self, name):
        """Return a living process of that name, born anew after a death."""
        known = self.workers.get(name)
        if known is None or known.dead:
            skew = timedelta()
            if self.fates.falls("clock_skew", 0.3):
                skew = timedelta(seconds=self.fates.dice.randint(-100, 100))
            known = self.workers[name] = Process(name, skew)
        return known

    def run(self, name, work):
        """Begin work in a process; what it raises is kept, as a failed job's trace would be."""

        def guarded():
            try:
                return work()
            except Exception as failure:  # noqa: BLE001 - RQ's edge: a failed job is noted, the next goes on
                self.faults.append((name, type(failure).__name__, str(failure)[:200]))
                return None

        return self.hub.spawn(self.process(name), name, guarded)

    def work_until_quiet(self):
        """Let tickers tick and workers hear their bells until nothing is rung and nobody can go on."""
        # The other ticker is there to show that two do no harm: now and then is often enough.
        for name in ("ticker one", "ticker two") if self.hub.dice.random() < SECOND_TICKS else ("ticker one",):
            self.run(name, lambda: ticker.tick(self.wired))
        for _ in range(60):
            self.hub.run_ready()
            if self.fates.falls("doorbell_gone", 0.1):
                self.bells.rung.clear()  # FLUSHALL
            self.bells.gone = self.fates.falls("doorbell_gone", 0.1)
            if not self._answer_bells():
                return
        raise AssertionError("work does not come to an end")

    def _answer_bells(self):
        busy = {task.name for task in self.hub.tasks}
        begun = False
        for queue, places in ((INBOX, 2), (SENDS, 2), (BULK, self.bulk_workers)):
            for place in range(places):
                name = f"{queue} {place}"
                if queue in self.bells.rung and name not in busy:
                    if place == places - 1 or self.fates.dice.random() < 0.5:
                        self.bells.rung.discard(queue)
                    self.run(name, lambda queue=queue: jobs.look(queue))
                    begun = True
        return begun

    # -- the doors

    def deliver(self, domain, topic, webhook_id, body, at):
        """Post one webhook as Shopify does; return the status code."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {
            "X-Shopify-Topic": topic,
            "X-Shopify-Shop-Domain": domain,
            "X-Shopify-Hmac-SHA256": base64.b64encode(hmac.digest(API_SECRET.encode(), raw, hashlib.sha256)).decode(),
            "X-Shopify-Webhook-Id": webhook_id,
            "X-Shopify-Triggered-At": at.isoformat(),
        }
        return self.web.post("/webhooks", data=raw, headers=headers).status_code

    def install(self, shopify, domain):
        """Let a merchant connect a shop; return our id of it."""
        access, refresh = shopify.issue(domain)
        now = self.hub.machine_now()
        pair = TokenPair(access, now + timedelta(hours=1), refresh, now + timedelta(days=90), frozenset(SCOPES))
        return arrive.shop_connected(self.wired, domain, pair)


@contextlib.contextmanager
def stage(servers, seed, beginning, make_fates, make_shopify, make_post):
    """Give a stage for one seed on a database of its own. `servers` is a `Servers`."""
    servers.renew()
    hub = Hub(seed, beginning, servers.monitor_url)
    hub.switching = hub.dice.choice([0.02, 0.1, 0.3])
    fates = make_fates(hub.dice)
    shopify, post = make_shopify(hub, fates), make_post(hub, fates)
    wired = replace(servers.wired, doorbell=Bells(fates))
    wired.parts["http"] = gateway.open_client(None, shopify)
    wired.parts["admin"] = patient(hub)
    with pytest.MonkeyPatch.context() as patch, Monitor.connect(servers.monitor_url, autocommit=True) as monitor:
        runtime.install(wired)
        made = Stage(hub, fates, wired, monitor)
        made.shopify, made.post = shopify, post
        hub.before_statement = made.before_statement
        patch.setattr(psycopg.Connection, "wait", wait_in(hub))
        patch.setattr(psycopg.Connection, "commit", commit_in(made))
        # What goes in one trip is still one statement after the other to PostgreSQL: others may come between, and one
        # whose answer nobody has waited for would be answered at a moment of real time.
        patch.setattr(psycopg.Connection, "pipeline", lambda _: contextlib.nullcontext())
        # This server plans for any row as it is, and its statistics say when anew: by virtual minutes it would always.
        patch.setattr("app.kit.rows.one_trip._ask", ask_plainly)
        replace_machine(hub, patch, seed)
        patch.setattr(fault, "_armed", Points(made))
        patch.setattr("app.shopify.asking.pace.SLOW_S", math.inf)  # how fast this machine is decides nothing here
        patch.setattr(smtp, "socket", post.socket_module(smtp.socket))
        patch.setattr(smtp, "select", post.select_module())
        try:
            yield made
        finally:
            fates.heal()
            hub.close()
            post.close()


def wait_in(hub):
    """Return what stands for psycopg's own waiting."""

    def wait(self, gen, interval=0.1, timeout=None):
        return hub.wait(self, gen, interval, timeout)

    return wait


def commit_in(made):
    """Return what stands for psycopg's own commit."""

    def commit(self):
        made.commit(self)

    return commit


def ask_plainly(driver, asked):
    """Ask without a word about plans."""
    return [driver.execute(str(sql), facts) for sql, facts in asked]


def patient(hub):
    """Return the maker of Admin API clients, with waits in virtual time."""

    def client(session, shop_id, *more):
        made = tokens.admin_client(session, shop_id, *more)
        made.sleep = lambda seconds: hub.sleep(timedelta(seconds=seconds)) if hub.current else None
        return made

    return client
