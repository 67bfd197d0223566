"""Real servers for the tests: one PostgreSQL and one Valkey per pytest process.

How to use (the fixtures are known to every test through tests/conftest.py):

    def test_x(cluster):                    # tests.servers.Cluster, session-scoped
        cluster.url()                       # owner role `welltimed` on the shared database `welltimed`
        cluster.url("devstore", "devstore") # the dev store's
        cluster.superuser_url(database)     # for looking behind row-level security
        url = cluster.create_database()     # a new empty database owned by `welltimed`
        url = cluster.create_database(template="welltimed_template")   # a copy: ~20 ms in memory
        url = cluster.create_database(owner="devstore")
        cluster.drop_database(url)

    def test_y(redis_url):                  # "unix:///…/valkey.sock", session-scoped; FLUSHDB is yours
    def test_z(sockets_folder):             # a 0700 folder with a short path for sockets of your own

Both servers end with the pytest process, also when it is killed. fsync is off, and their files lie in memory.
With pytest-xdist each worker has its own pair. `template` wants a database nobody is connected to.
"""

import contextlib
import itertools
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg import sql

from serve import postgres, valkey
from serve.child import wrap

_PREFIX = "wt-test-"
MEMORY = Path("/dev/shm")
ENOUGH_MEMORY = 4 * 2**30


@dataclass
class Cluster:
    """A running PostgreSQL with the roles `postgres`, `welltimed` and `devstore`."""

    server: postgres.Postgres
    _names: Iterator[int] = field(default_factory=itertools.count)

    @property
    def sockets(self) -> Path:
        """Return the folder of the server's socket."""
        return self.server.sockets

    def url(self, role: str = "welltimed", database: str = "welltimed") -> str:
        """Return the URL of a database for a role."""
        return self.server.url(role, database)

    def superuser_url(self, database: str = "welltimed") -> str:
        """Return a URL that sees past row-level security."""
        return self.server.url("postgres", database)

    def create_database(self, template: str | None = None, owner: str = "welltimed") -> str:
        """Create a database with a new name and return its URL for `owner`."""
        name = f"t_{os.getpid()}_{next(self._names)}"
        statement = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {} STRATEGY file_copy").format(
            sql.Identifier(name), sql.Identifier(owner), sql.Identifier(template or "template1")
        )
        self._run(statement)
        return self.url(owner, name)

    def drop_database(self, url: str) -> None:
        """Drop a database made by `create_database`, ending its connections."""
        name = urlsplit(url).path.lstrip("/")
        self._run(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def _run(self, statement: sql.Composed) -> None:
        with psycopg.connect(self.superuser_url("postgres"), autocommit=True) as connection:
            connection.execute(statement)


def roomy_memory() -> Path | None:
    """Return the folder Linux keeps in memory, where it has room for what tests write."""
    usable = MEMORY.is_dir() and os.access(MEMORY, os.W_OK | os.X_OK)
    return MEMORY if usable and shutil.disk_usage(MEMORY).free > ENOUGH_MEMORY else None


@contextlib.contextmanager
def temporary_folder(*, durable: bool = False) -> Iterator[Path]:
    """Give a 0700 folder with a path short enough for sockets, and sweep those of killed runs.

    It lies in memory unless it must be `durable`: a database's copy takes 20 ms there, on a disk ten times that.
    """
    base = (None if durable else roomy_memory()) or Path(tempfile.gettempdir())
    if len(str(base)) > 60:
        base = Path("/tmp")
    for old in base.glob(f"{_PREFIX}*"):
        owner = old.name.removeprefix(_PREFIX).split("-")[0]
        if owner.isdigit() and not Path(f"/proc/{owner}").exists():
            shutil.rmtree(old, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-", dir=base))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def running(
    command: list[str], log: Path, end: signal.Signals, environment: dict[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program that ends with the block, and with this process should that be killed."""
    with log.open("ab") as output:
        process = subprocess.Popen(
            wrap(command, end),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd="/",
            env=environment,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        process.send_signal(end)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(process: subprocess.Popen[bytes], answers: Callable[[], bool]) -> None:
    """Return once the server answers; at most 30 seconds."""
    until = time.monotonic() + 30
    while not answers():
        assert process.poll() is None, f"{process.args} ended at its start"
        assert time.monotonic() < until, f"{process.args} does not answer"
        time.sleep(0.02)


@contextlib.contextmanager
def run_cluster(folder: Path) -> Iterator[Cluster]:
    """Make and run a PostgreSQL inside `folder`."""
    server = postgres.Postgres(folder / "pg", folder, folder, durable=False)
    postgres.initialise(server)
    environment = postgres.environment(os.environ)
    # SIGQUIT: nothing in there is worth a checkpoint.
    with running(postgres.command(server), folder / "postgres.log", signal.SIGQUIT, environment) as process:
        _wait(process, lambda: postgres.answers(server))
        yield Cluster(server)


@contextlib.contextmanager
def run_valkey(folder: Path) -> Iterator[str]:
    """Run a Valkey inside `folder` and give its URL."""
    server = valkey.Valkey(folder, folder, durable=False)
    with running(valkey.command(server), folder / "valkey.log", signal.SIGTERM) as process:
        _wait(process, lambda: valkey.answers(server))
        yield server.url


@pytest.fixture(scope="session")
def sockets_folder() -> Iterator[Path]:
    """A private folder with a short path."""
    with temporary_folder() as folder:
        yield folder


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """The PostgreSQL of this pytest process."""
    with temporary_folder() as folder, run_cluster(folder) as made:
        yield made


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """The Valkey of this pytest process."""
    with temporary_folder() as folder, run_valkey(folder) as url:
        yield url
