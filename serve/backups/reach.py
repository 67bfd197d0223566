"""Reach the clone's own PostgreSQL, running already or started for as long as it is needed."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from serve import environment, parts, postgres, sockets
from serve.errors import CannotServe
from serve.ready import wait_until
from serve.signals import Signals
from serve.stop import stop

_PATIENCE = 10.0  # seconds until the server is killed


def running(clone: Path, data: Path) -> postgres.Postgres | None:
    """Return the server of a run that is going on, None where it does not answer."""
    note = data / "sockets"
    if not note.is_file():
        return None
    server = postgres.Postgres(data / "postgres", Path(note.read_text().strip()), clone)
    return server if postgres.answers(server) else None


@contextlib.contextmanager
def apart(clone: Path, data: Path, signals: Signals) -> Iterator[postgres.Postgres]:
    """Start the clone's server and stop it at the end; the clone's lock is the caller's to hold.

    Raises:
        CannotServe: it did not start.
        Stopped: a stop was asked for.
    """
    folder = sockets.make(data, clone)
    server = postgres.Postgres(data / "postgres", folder, clone)
    part = parts.of_postgres(server, environment.clean(os.environ, clone / ".venv"), data)
    try:
        postgres.initialise(server)
        part.start()
        wait_until(part, lambda: postgres.answers(server), signals)
        yield server
    finally:
        stop([part], _PATIENCE, signals)
        sockets.remove(data, folder)


def refuse_foreign(given: str | None) -> None:
    """Raise CannotServe where the database is somebody else's to copy."""
    if given:
        raise CannotServe(
            "DATABASE_URL names a server of yours: copy and put back with its own tools (docs/operations.md says how)."
        )
