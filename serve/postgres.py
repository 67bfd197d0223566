"""Make and describe one embedded PostgreSQL; starting and stopping it is the caller's.

The server listens on a unix socket alone. Trust stands in for passwords: the socket's folder is
0700, so who can reach it already owns the data. Roles: `postgres` (superuser, for tools and tests),
`welltimed` (owner of the database `welltimed`, CREATEROLE, no superuser), `devstore`.
"""

import os
import shutil
import socket
import struct
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import quote

from serve.binaries import find_postgres, major_version
from serve.errors import CannotServe
from serve.owner import give_to_owner, run_as

_PORT = 5432  # only names the socket file
_IO_METHOD_SINCE = 18
_BUILTIN_LOCALE_SINCE = 17
_ROLES = """\
CREATE ROLE welltimed LOGIN CREATEROLE;
CREATE DATABASE welltimed OWNER welltimed;
CREATE ROLE devstore LOGIN;
CREATE DATABASE devstore OWNER devstore;
"""


@dataclass(frozen=True)
class Postgres:
    """One data folder with its sockets folder; `clone` is the folder whose owner runs it."""

    data: Path
    sockets: Path
    clone: Path
    durable: bool = True

    def url(self, role: str = "welltimed", database: str = "welltimed") -> str:
        """Return the URL under which libpq clients reach a database of this server."""
        return f"postgresql://{role}@/{database}?host={quote(str(self.sockets), safe='/')}"


def initialise(server: Postgres, run: Callable[..., object] | None = None) -> bool:
    """Create the data folder, the two roles and their databases; False when it was there already.

    Done beside the final place and renamed at the end, so a killed attempt leaves nothing half made.

    Args:
        server: what to make.
        run: runs a command as a checked `subprocess.run` does; the supervisor hands its own.

    Raises:
        CannotServe: no binary, no way to run as root, or a data folder of another major version.
    """
    binaries = find_postgres()
    major = major_version(binaries / "postgres")
    if (server.data / "PG_VERSION").is_file():
        made_by = int((server.data / "PG_VERSION").read_text().split(".")[0])
        if made_by != major:
            message = (
                f"{server.data} was made by PostgreSQL {made_by}, but PostgreSQL {major} is "
                "installed. Dump it with the old version, or move the folder away to start afresh."
            )
            raise CannotServe(message)
        return False
    making = server.data.with_name(server.data.name + ".making")
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir(parents=True, mode=0o700)
    give_to_owner(making, server.clone)
    before = run_as(server.clone)
    run = run or partial(subprocess.run, check=True)
    locale = (
        ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        if major >= _BUILTIN_LOCALE_SINCE
        else ["--locale=C.UTF-8"]
    )
    # --no-sync: the kernel writes it all within half a minute, and until then nothing of worth is in it;
    # waiting for the disk behind a fresh installation took five seconds.
    options = ["--no-sync", "--encoding=UTF8", *locale, "--username=postgres", "--auth=trust", "--no-instructions"]
    settings = {"env": environment(os.environ), "cwd": "/", "capture_output": True, "text": True}
    _run(run, [*before, binaries / "initdb", f"--pgdata={making}", *options], settings)
    # Single-user mode needs no client, no port and no second program: one statement a line.
    single = [*before, binaries / "postgres", "--single", "-j", "-D", making, "postgres"]
    # -j: a statement ends at a semicolon before an empty line, so CREATE DATABASE stands alone.
    _run(run, single, settings | {"input": _ROLES.replace(";\n", ";\n\n")})
    making.rename(server.data)
    return True


def command(server: Postgres) -> list[str]:
    """Return the command line of the server process; it stays in the foreground and logs to stderr."""
    binaries = find_postgres()
    settings = {
        "listen_addresses": "",
        "port": str(_PORT),
        "unix_socket_directories": str(server.sockets),
        "unix_socket_permissions": "0700",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "log_error_verbosity": "terse",  # a DETAIL line would quote rows, and so people, into the log
        "log_min_error_statement": "panic",
        "log_parameter_max_length_on_error": "0",
        "log_checkpoints": "off",
        "logging_collector": "off",
        "max_connections": "80",
        "shared_buffers": "48MB",
        "work_mem": "4MB",
        "maintenance_work_mem": "32MB",
        "max_wal_size": "512MB",
        "wal_level": "minimal",
        "max_wal_senders": "0",
        "max_logical_replication_workers": "0",
        "max_worker_processes": "2",
        "autovacuum_max_workers": "1",
        "jit": "off",
    }
    if major_version(binaries / "postgres") >= _IO_METHOD_SINCE:
        settings["io_method"] = "sync"  # saves the three I/O processes
    if not server.durable:
        settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    flags = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    return [*run_as(server.clone), str(binaries / "postgres"), "-D", str(server.data), *flags]


def environment(base: Mapping[str, str]) -> dict[str, str]:
    """Return `base` without what would bend PostgreSQL: PG* variables, locale and time zone."""
    kept = {k: v for k, v in base.items() if not k.startswith(("PG", "LC_")) and k not in {"TZ", "LANG"}}
    return kept | {"LC_ALL": "C"}


def answers(server: Postgres) -> bool:
    """Tell whether the server takes a login now (one attempt, at most two seconds)."""
    words = b"user\0postgres\0database\0postgres\0\0"
    startup = struct.pack("!ii", 8 + len(words), 196608) + words  # protocol 3.0
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
            line.settimeout(2)
            line.connect(str(server.sockets / f".s.PGSQL.{_PORT}"))
            line.sendall(startup)
            accepted = line.recv(1) == b"R"
            if accepted:
                line.sendall(b"X\0\0\0\4")  # Terminate: leave politely, or the log gets a line
            return accepted
    except OSError:
        return False


def _run(run: Callable[..., object], words: list[object], settings: dict[str, object]) -> None:
    """Run one step of the making and turn its failure into a sentence."""
    try:
        run([str(word) for word in words], **settings)
    except subprocess.CalledProcessError as problem:
        message = f"PostgreSQL's data folder could not be made: {problem.stderr or problem.stdout}"
        raise CannotServe(message) from problem
