"""Bring `.venv` and node_modules up to what the tests need: `python -m tests.ready [FILE …]`. Silent when all is there.

FILEs name requirements wanted beside the tests' own: `bin/bench` asks for its peers.

Standard library alone.
Two commands started at once wait for each other.
"""

import fcntl
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from serve import environment, frontend
from serve.errors import CannotServe
from serve.install import install, is_installed

CLONE = Path(__file__).resolve().parent.parent
REQUIREMENTS = "requirements-dev.txt"
Install = Callable[[], None]
LOG = CLONE / ".cache" / "install.log"


def main(*beside: str) -> None:
    """Install once per content of the requirement files."""
    LOG.parent.mkdir(exist_ok=True)
    with (LOG.parent / "install.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        missing: list[Install] = [
            partial(install, CLONE, each, run) for each in (REQUIREMENTS, *beside) if not is_installed(CLONE, each)
        ]
        if not frontend.is_installed(CLONE):
            missing.append(partial(frontend.install, CLONE, run))
        if not missing:
            return
        started = time.monotonic()
        print("installing what the tests need", file=sys.stderr, flush=True)
        LOG.unlink(missing_ok=True)
        try:
            for do in missing:
                do()
        except CannotServe as fault:
            sys.exit(str(fault))
        print(f"installed in {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)


def run(name: str, command: Sequence[str]) -> None:
    """Run one command into the log; show the log's end and stop when the command fails."""
    with LOG.open("ab") as log:
        known = environment.for_installers(os.environ, has_certificates=Path(environment.CERTIFICATES).is_file())
        done = subprocess.run(
            command, env=known, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=CLONE, check=False
        )
    if done.returncode:
        end = LOG.read_text(errors="replace")[-4000:]
        sys.exit(f"{end}\n{' '.join(command[:4])} failed; all of it is in {LOG.relative_to(CLONE)}")


if __name__ == "__main__":
    main(*sys.argv[1:])
