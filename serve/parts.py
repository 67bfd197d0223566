"""Name every part of the run and its command line."""

import signal
from collections.abc import Mapping
from pathlib import Path

from serve import postgres, valkey
from serve.environment import Ports
from serve.part import Part

_MOST_MB = "400"  # of a web worker, which takes about 90: past it granian starts another in its place
_QUEUES = ("inbox", "sends", "bulk")


def flask(python: Path, *words: str) -> list[str]:
    """Return the command line of one of the app's commands."""
    return [str(python), "-m", "flask", "--app", "wsgi", *words]


def of_postgres(server: postgres.Postgres, base: Mapping[str, str], data: Path) -> Part:
    """Return the embedded PostgreSQL; SIGINT is its fast, orderly stop."""
    return Part(
        "postgres",
        postgres.command(server),
        postgres.environment(base),
        Path("/"),
        data,
        gentle=signal.SIGINT,
        orphaned=signal.SIGQUIT,
    )


def of_valkey(server: valkey.Valkey, base: Mapping[str, str], data: Path) -> Part:
    """Return the embedded Valkey."""
    return Part("valkey", valkey.command(server), base, Path("/"), data)


def of_devstore(python: Path, environment: Mapping[str, str], clone: Path, data: Path) -> Part:
    """Return the simulated store."""
    return Part("dev store", [str(python), "-m", "devstore"], environment, clone, data)


def of_migrate(python: Path, environment: Mapping[str, str], clone: Path, data: Path) -> Part:
    """Return the program that brings the tables up to date and ends."""
    return Part("migrate", flask(python, "migrate"), environment, clone, data, orphaned=signal.SIGKILL)


def of_app(python: Path, environment: Mapping[str, str], clone: Path, data: Path, ports: Ports) -> list[Part]:
    """Return web, one worker per queue, and the ticker."""
    web = [
        *[str(python), "-m", "granian", "--interface", "wsgi", "--workers", "1"],
        *["--host", "127.0.0.1", "--port", str(ports.web)],
        *["--blocking-threads", "4", "--no-ws", "--workers-kill-timeout", "5", "--workers-max-rss", _MOST_MB],
        *["--log-level", "warning", "wsgi:app"],
    ]
    commands = {
        "web": web,
        **{f"worker {queue}": flask(python, "worker", queue) for queue in _QUEUES},
        "ticker": flask(python, "ticker"),
    }
    return [Part(name, command, environment, clone, data) for name, command in commands.items()]
