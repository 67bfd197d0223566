"""Put a copy of the app's database in its place again: `python -m serve.backups.put_back FILE`.

The copy is read into a database of its own first, so that a file that cannot be read changes nothing; the database it
replaces stays, under a name with the time. What was sent since the copy was made is not in it: the app notices, holds
everything, and `flask --app wsgi restored` says how to go on.
"""

import os
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from serve import environment, finish, lock, parts, postgres, secrets
from serve.backups.dump import ALL_SHOPS, run
from serve.backups.reach import apart, refuse_foreign
from serve.binaries import find_postgres
from serve.errors import CannotServe
from serve.install import python_of
from serve.say import say
from serve.signals import Signals, Stopped

_MAKING = "welltimed_making"


def put_back(server: postgres.Postgres, file: Path, stamp: str) -> str:
    """Replace the app's database by the copy in `file`; return the name the replaced one has now.

    Raises:
        CannotServe: the file cannot be read or a tool failed; the database is as it was.
    """
    tools = find_postgres()
    aside = f"welltimed_before_{stamp}"
    _sql(server, f"drop database if exists {_MAKING}", f"create database {_MAKING} owner welltimed")
    try:
        run([str(tools / "pg_restore"), "--exit-on-error", f"--dbname={server.url(database=_MAKING)}", str(file)])
    except CannotServe:
        _sql(server, f"drop database {_MAKING}")
        raise
    _sql(
        server,
        f"alter database welltimed rename to {aside}",
        f"alter database {_MAKING} rename to welltimed",
    )
    return aside


def ready_roles(server: postgres.Postgres, clone: Path, data: Path, signals: Signals) -> None:
    """Make the roles a copy grants to, on a machine that never ran the app: the app's own migration makes them."""
    try:
        _sql(server, f"set role {ALL_SHOPS}")
    except CannotServe:
        _sql(server, f"drop database if exists {_MAKING}", f"create database {_MAKING} owner welltimed")
        urls = environment.Urls(server.url(database=_MAKING), server.url("devstore", "devstore"), "redis://127.0.0.1:1")
        of_app = environment.of_app({}, secrets.load(data), environment.Ports(8000, 9000, 9025), urls)
        base = environment.clean(os.environ, clone / ".venv")
        finish.finish(parts.of_migrate(python_of(clone), {**base, **of_app}, clone, data), signals)


def _sql(server: postgres.Postgres, *statements: str) -> None:
    """Run statements one by one, each in a transaction of its own."""
    psql = [str(find_postgres() / "psql"), "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1"]
    for statement in statements:
        run([*psql, f"--dbname={_as_superuser(server)}", f"--command={statement}"])


def _as_superuser(server: postgres.Postgres) -> str:
    return server.url("postgres", "postgres")


def _put_back(file: Path, clone: Path, data: Path, signals: Signals) -> str:
    refuse_foreign(os.environ.get("DATABASE_URL"))
    found = file.resolve(strict=True)
    data.mkdir(mode=0o700, exist_ok=True)
    (data / "log").mkdir(exist_ok=True)
    lock.take(data)
    with apart(clone, data, signals) as server:
        ready_roles(server, clone, data, signals)
        return put_back(server, found, datetime.now(UTC).strftime("%Y%m%d_%H%M%S"))


def main(arguments: list[str], signals: Signals) -> int:
    """Put back the file the one argument names; return the exit status."""
    clone = Path(__file__).resolve().parents[2]
    data = clone / ".data"
    if len(arguments) != 1:
        say("usage: bin/restore FILE")
        return 2
    begun = time.monotonic()
    try:
        aside = _put_back(Path(arguments[0]), clone, data, signals)
    except Stopped:
        return 130
    except (CannotServe, OSError) as problem:
        say(str(problem))
        return 1
    say(f"Put back in {time.monotonic() - begun:.1f} s. What it replaced is kept as database {aside}.")
    say("Start bin/run: nothing is sent before `flask --app wsgi restored --release`.")
    return 0


if __name__ == "__main__":
    own = Signals()
    own.listen()
    sys.exit(main(sys.argv[1:], own))
