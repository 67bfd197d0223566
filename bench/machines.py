"""Servers and processes of one benchmark run: embedded PostgreSQL and Valkey, the app's variables, children."""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import socket
import statistics
import subprocess
import sys
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psycopg

from serve import postgres, valkey
from tests.servers import running, temporary_folder

ROOT = Path(__file__).resolve().parent.parent
SECRET = "shpss_bench"


@dataclass(frozen=True)
class Machines:
    """Where the run's servers answer. PostgreSQL listens on loopback too: the peers' drivers want TCP."""

    folder: Path
    pg_port: int
    database_url: str
    super_url: str
    redis_url: str

    def app(self, **changes: str) -> dict[str, str]:
        """Return the app's variables for these servers."""
        return os.environ | {
            "SHOPIFY_API_KEY": "k",
            "SHOPIFY_API_SECRET": SECRET,
            "APP_URL": "http://127.0.0.1:8000",
            "DATABASE_URL": self.database_url,
            "REDIS_URL": self.redis_url,
            "SMTP_URL": "smtp://127.0.0.1:1",
            "MAIL_FROM": "care@shop.example",
            "ENCRYPTION_KEYS": urlsafe_b64encode(secrets.token_bytes(32)).decode(),
            "LINK_KEYS": secrets.token_hex(32),
            "ENV": "development",
            **changes,
        }


@contextlib.contextmanager
def machines() -> Iterator[Machines]:
    """Run a durable PostgreSQL (fsync on, as it would be for real) with a migrated database `bench`, and a Valkey."""
    with temporary_folder(durable=True) as folder:
        server = postgres.Postgres(folder / "pg", folder, folder)
        postgres.initialise(server)
        port = free_port()
        command = [*postgres.command(server), "-c", "listen_addresses=127.0.0.1", "-c", "shared_buffers=256MB"]
        with running(
            [*command, "-c", f"port={port}"], folder / "postgres.log", signal.SIGINT, postgres.environment(os.environ)
        ):
            url = f"postgresql://{{role}}@127.0.0.1:{port}/{{name}}"
            wait_for_login(url.format(role="postgres", name="postgres"))
            sql(url.format(role="postgres", name="postgres"), "create database bench owner welltimed")
            doorbell = valkey.Valkey(folder, folder)
            with running(valkey.command(doorbell), folder / "valkey.log", signal.SIGINT):
                found = Machines(
                    folder,
                    port,
                    url.format(role="welltimed", name="bench"),
                    url.format(role="postgres", name="bench"),
                    doorbell.url,
                )
                run([sys.executable, "-m", "flask", "--app", "wsgi", "migrate"], found.app())
                yield found


@contextlib.contextmanager
def child(command: Sequence[str], env: Mapping[str, str], log: Path, port: int | None = None) -> Iterator[int]:
    """Run a process until the block ends; with `port`, wait until it listens."""
    with log.open("ab") as output:
        process = subprocess.Popen(
            command,
            env=dict(env),
            cwd=ROOT,
            stdout=output,
            stderr=output,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
    try:
        if port is not None:
            wait_for_port(port)
        yield process.pid
    finally:
        process.terminate()
        try:
            process.wait(8)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)
            process.wait()


def run(command: Sequence[str], env: Mapping[str, str]) -> str:
    """Run a command to its end and return what it printed; its errors end the benchmark."""
    return subprocess.run(command, env=dict(env), cwd=ROOT, check=True, capture_output=True, text=True).stdout


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def wait_for_port(port: int, seconds: float = 90) -> None:
    """Wait until something listens."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.3):
            return
        time.sleep(0.05)
    raise TimeoutError(f"nothing listens on {port}")


def wait_for_login(url: str, seconds: float = 30) -> None:
    """Wait until the database takes a login."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        with contextlib.suppress(psycopg.OperationalError), psycopg.connect(url):
            return
        time.sleep(0.05)
    raise TimeoutError("the database takes no login")


def median(values: Sequence[float]) -> float:
    """Return the median."""
    return statistics.median(values)


def sql(url: str, *statements: str) -> None:
    """Run statements one by one, each committed."""
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)  # type: ignore[arg-type] # fixed texts of this folder
