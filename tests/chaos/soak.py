"""Let mails flow through real processes while they are killed: `python -m tests.chaos.soak HARM SECONDS MESSAGES SEED`.

HARM is `kill` (any process, every two seconds), `postgres` (the database, every minute), `redis` (dead, mute or full,
in turns) or `disk` (the database's is full, every half minute). Prints JSON: what was planned, what the mail server's
and the senders' own logs say, and every fault.
"""

import contextlib
import io
import json
import os
import secrets
import signal
import sys
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import psycopg
from redis import Redis

from app.flows.planning.changed.retime import retime_due
from bench import due_orders
from bench.machines import ROOT, SECRET, free_port, run, wait_for_login, wait_for_port
from bench.sends import wired
from serve import postgres, valkey
from tests.chaos import nemesis, small_disk
from tests.chaos.crew import Crew, Member
from tests.chaos.nemesis import Nemesis
from tests.chaos.traffic import Traffic
from tests.chaos.verdict import verdict
from tests.servers import temporary_folder

REST_S = 420.0  # without any change: leases of two minutes, answers given up after three, a retry after five
DROPPED = 0.01  # share of answers after the dot that are never given
WEBHOOKS = {"kill": 20, "postgres": 100, "redis": 100, "disk": 100}  # a second
EVERY_S = {"kill": 2.0, "postgres": 60.0, "redis": 10.0, "disk": 30.0}
SENDERS = ("sends 1", "sends 2")
WORKERS = (*SENDERS, "inbox", "bulk")


class World:
    """Servers, the app's processes, and a shop with mails due all along the run."""

    def __init__(self, folder: Path, seed: str) -> None:
        self.folder, self.seed, self.crew = folder, seed, Crew()
        self.sink_log, self.ack_log = folder / "sink.jsonl", folder / "acks.jsonl"
        self.disk = folder / "disk"  # the database's
        self.server = postgres.Postgres(self.disk / "pg", folder, folder)
        self.doorbell = valkey.Valkey(folder, folder)
        self.web, self.smtp = free_port(), free_port()
        self.url = self.server.url("postgres", "welltimed")

    def start_servers(self, drop_share: float = DROPPED) -> None:
        postgres.initialise(self.server)
        database = postgres.environment(os.environ)
        self._add("postgres", postgres.command(self.server), database, cwd="/", end=signal.SIGINT)
        self._add("valkey", valkey.command(self.doorbell), dict(os.environ), cwd="/")
        sink = [sys.executable, "-m", "tests.chaos.sink", self.smtp, self.sink_log, drop_share, self.seed]
        self._add("sink", sink, dict(os.environ))
        wait_for_login(self.url)
        wait_for_port(self.smtp)

    def start_app(self, messages: int, seconds: float, shops: int = 1) -> None:
        """Migrate, plant shops with mails due all along the run, and start every process."""
        env = self._environment()
        flask = [sys.executable, "-m", "flask", "--app", "wsgi"]
        run([*flask, "migrate"], env)
        here = wired(env)
        for number in range(shops):
            domain = f"shop-{number}.myshopify.com" if number else due_orders.DOMAIN
            shop, flow = due_orders.shop_with_flows(here, domain, 548380009 + number)
            with psycopg.connect(self.url, autocommit=True) as connection:
                due_orders.add(connection, shop, flow, messages // shops)
        with contextlib.redirect_stdout(io.StringIO()):  # the app's log lines go there
            retime_due(here)  # else it plans them anew in the middle of the run, and all are due at once
        here.engines.dispose()
        self.ask("update follow_up set due_at = now() + interval '1 day'")
        self.ask("vacuum analyze")
        port = str(self.web)
        web = [sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", "1", "--host", "127.0.0.1"]
        self._add("web", [*web, "--port", port, "--blocking-threads", "8", "--no-ws", "wsgi:app"], env)
        for name in WORKERS:
            self._add(name, [*flask, "worker", name.split()[0]], env)
        for number in (1, 2):
            self._add(f"ticker {number}", [*flask, "ticker"], env)
        wait_for_port(self.web, 60)
        self._wait_for_workers(60)
        # From here on, or what is measured is how long processes take to start.
        self.ask("update follow_up set due_at = now() + random() * interval '1 second' * %s", seconds * 0.8)

    def _wait_for_workers(self, seconds: float) -> None:
        """Wait until every worker has said that it listens."""
        bell, ends = Redis.from_url(self.doorbell.url), time.monotonic() + seconds
        while bell.scard("rq:workers") < len(WORKERS):
            if time.monotonic() > ends:
                raise TimeoutError("the workers do not start")
            time.sleep(0.2)

    def ask(self, statement: str, *facts: object) -> list:
        with psycopg.connect(self.url, autocommit=True) as connection:
            cursor = connection.execute(statement, facts)
            return cursor.fetchall() if cursor.description else []

    def harms(self, harm: str, ending) -> dict[str, Callable[[], None]]:
        """Return what the nemesis may do."""
        if harm == "postgres":
            return {"postgres": lambda: self.crew.kill("postgres")}
        if harm == "redis":
            return {
                "dead": nemesis.redis_dead(self.crew, ending),
                "mute": nemesis.redis_mute(self.crew, self.doorbell.socket, ending),
                "full": nemesis.redis_full(self.doorbell.url, ending),
            }
        if harm == "disk":
            return {"full": small_disk.full(self.disk, ending)}
        victims = [*SENDERS, *SENDERS, "inbox", "web", "ticker 1", "ticker 2"]
        found = {f"{name} #{n}": (lambda name=name: self.crew.kill(name)) for n, name in enumerate(victims)}
        return found | {f"job of {name}": (lambda name=name: self._kill_job(name)) for name in SENDERS}

    def _kill_job(self, name: str) -> None:
        """Kill the process a worker has forked for its job, and not the worker."""
        parent = self.crew.members[name].process.pid
        for entry in Path("/proc").iterdir():
            with contextlib.suppress(OSError, ValueError):
                if entry.name.isdigit() and int((entry / "stat").read_text().rpartition(")")[2].split()[1]) == parent:
                    os.kill(int(entry.name), signal.SIGKILL)

    def rest(self) -> float:
        """Wait until all is done, or nothing has changed for long; return the seconds it took."""
        began = moved = time.monotonic()
        before: tuple[int, ...] = ()
        while (left := self._undone()) != (0, 0, 0) and time.monotonic() < moved + REST_S:
            if left and left != before:
                before, moved = left, time.monotonic()
            time.sleep(1)
        return time.monotonic() - began

    def _undone(self) -> tuple[int, ...]:
        """Return how many messages, webhooks and hand-overs are not done; nothing while the database is away."""
        undone = "select (select count(*) from follow_up where state <> 'done'),"
        undone += " (select count(*) from webhook_inbox where state = 'received'),"
        undone += " (select count(*) from attempt where state in ('prepared', 'handoff'))"
        with contextlib.suppress(psycopg.OperationalError):
            return tuple(self.ask(undone)[0])
        return ()

    def _add(
        self, name: str, command: list, env: dict, cwd: str = str(ROOT), end: signal.Signals = signal.SIGTERM
    ) -> None:
        log = self.folder / f"{name.replace(' ', '-')}.log"
        self.crew.add(Member(name, command, env, log, Path(cwd), end))

    def _environment(self) -> dict[str, str]:
        return os.environ | {
            "SHOPIFY_API_KEY": "k",
            "SHOPIFY_API_SECRET": SECRET,
            "APP_URL": f"http://127.0.0.1:{self.web}",
            "DATABASE_URL": self.server.url(),
            "REDIS_URL": self.doorbell.url,
            "SMTP_URL": f"smtp://127.0.0.1:{self.smtp}",
            "MAIL_FROM": "care@shop.example.com",
            "ENCRYPTION_KEYS": urlsafe_b64encode(secrets.token_bytes(32)).decode(),
            "LINK_KEYS": secrets.token_hex(32),
            "ENV": "development",
        }


def main(harm: str, seconds: float, messages: int, seed: str) -> dict:
    """Run, heal, wait for rest, and return the verdict."""
    with temporary_folder(durable=True) as folder, contextlib.ExitStack() as stack:
        world = World(folder, seed)
        if harm == "disk":
            stack.enter_context(small_disk.mounted(world.disk))
        try:
            world.start_servers()
            world.start_app(messages, seconds)
            traffic = Traffic(world.web, due_orders.DOMAIN, SECRET, world.ack_log, WEBHOOKS[harm])
            evil = Nemesis(seed, EVERY_S[harm], {})
            evil.harms = world.harms(harm, evil.ending)
            traffic.start()
            evil.start()
            time.sleep(seconds)
            evil.stop()
            traffic.stop()
            took = world.rest()
            found = asdict(verdict(world.url, world.sink_log, world.ack_log))
        finally:
            world.crew.stop()
        return found | {"harms": evil.done, "rested_after_s": round(took), "seed": seed}


if __name__ == "__main__":
    if sys.argv[1] == "disk":
        small_disk.begin_anew_with_own_mounts()
    print(json.dumps(main(sys.argv[1], float(sys.argv[2]), int(sys.argv[3]), sys.argv[4])))
