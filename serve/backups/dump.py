"""Copy the app's database to a file, while it runs or not: `python -m serve.backups.dump FILE`."""

import os
import subprocess
import sys
import time
from pathlib import Path

from serve import lock, postgres
from serve.backups.reach import apart, refuse_foreign, running
from serve.binaries import find_postgres
from serve.errors import CannotServe
from serve.say import say
from serve.signals import Signals, Stopped

ALL_SHOPS = "welltimed_system"  # the role that row-level security shows every shop


def dump(server: postgres.Postgres, file: Path) -> None:
    """Write one consistent copy of the app's database to `file`, whole or not at all, readable by its owner alone.

    Raises:
        CannotServe: pg_dump failed; what it said is in the message.
    """
    making = file.with_name(file.name + ".making")
    making.unlink(missing_ok=True)
    os.close(os.open(making, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    tool = find_postgres() / "pg_dump"
    how = ["--format=custom", "--enable-row-security", f"--role={ALL_SHOPS}", f"--file={making}"]
    run([str(tool), *how, server.url()])
    with making.open("rb") as written:
        os.fsync(written.fileno())
    making.replace(file)


def run(words: list[str]) -> None:
    """Run one of PostgreSQL's tools to its end; raise CannotServe with its own words where it fails."""
    done = subprocess.run(words, env=postgres.environment(os.environ), capture_output=True, text=True, check=False)
    if done.returncode:
        raise CannotServe(f"{Path(words[0]).name} failed: {done.stderr.strip() or done.stdout.strip()}")


def _copy(file: Path, clone: Path, data: Path, signals: Signals) -> None:
    refuse_foreign(os.environ.get("DATABASE_URL"))
    if not (data / "postgres" / "PG_VERSION").is_file():
        raise CannotServe("Nothing to copy yet: bin/run has made no database here.")
    if file.exists():
        raise CannotServe(f"{file} is there already, and a copy replaces nothing.")
    if (server := running(clone, data)) is not None:
        dump(server, file)
        return
    lock.take(data)
    with apart(clone, data, signals) as server:
        dump(server, file)


def main(arguments: list[str], signals: Signals) -> int:
    """Copy to the file the one argument names; return the exit status."""
    clone = Path(__file__).resolve().parents[2]
    data = clone / ".data"
    if len(arguments) != 1:
        say("usage: bin/backup FILE")
        return 2
    file = Path(arguments[0]).absolute()
    begun = time.monotonic()
    try:
        _copy(file, clone, data, signals)
    except Stopped:
        return 130
    except (CannotServe, OSError) as problem:
        say(str(problem))
        return 1
    say(f"{file}: {file.stat().st_size / 1e6:.1f} MB in {time.monotonic() - begun:.1f} s")
    return 0


if __name__ == "__main__":
    own = Signals()
    own.listen()
    sys.exit(main(sys.argv[1:], own))
