"""Find the processes of one part, or of the whole supervisor, by a mark in their environment.

A process group misses what made a session of its own (a queue worker's child does) and a pid may
have been given to a stranger; the environment a process was started with stays with it and with all
it starts. Linux; elsewhere nothing is found and the groups alone are signalled.
"""

import contextlib
import os
import signal
import time
from pathlib import Path

_HOME = "WELLTIMED_HOME"
_PART = "WELLTIMED_PART"


def mark(data: Path, part: str) -> dict[str, str]:
    """Return the variables that mark a process as belonging to `part` of the run in `data`."""
    return {_HOME: str(data), _PART: f"{data}:{part}"}


def of_part(data: Path, part: str) -> list[int]:
    """Return the pids of one part's processes."""
    return _carrying(f"{_PART}={data}:{part}")


def of_home(data: Path) -> list[int]:
    """Return the pids of all processes of the run in `data`; the caller never belongs to it."""
    return _carrying(f"{_HOME}={data}")


def end(pids: list[int], number: signal.Signals) -> None:
    """Send a signal to each, where it still lives."""
    for pid in pids:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, number)


def sweep(data: Path, patience: float) -> bool:
    """End all that is left of the run in `data`: SIGTERM, and SIGKILL after `patience` seconds.

    Returns:
        Whether anything had been left.
    """
    left = of_home(data)
    found = bool(left)
    end(left, signal.SIGTERM)
    until = time.monotonic() + patience
    while left and time.monotonic() < until:
        time.sleep(0.05)
        left = of_home(data)
    last = time.monotonic() + 5
    # Twice none: a program just being exec'd shows no environment for an instant.
    nones = 0
    while nones < 2 and time.monotonic() < last:
        end(left, signal.SIGKILL)
        time.sleep(0.01)
        left = of_home(data)
        nones = 0 if left else nones + 1
    return found


def _carrying(word: str) -> list[int]:
    """Return the living processes whose first environment holds `word`."""
    wanted = b"\0" + word.encode() + b"\0"
    own = os.getpid()
    found = []
    with contextlib.suppress(FileNotFoundError):
        for entry in os.scandir("/proc"):
            if not entry.name.isdigit() or int(entry.name) == own:
                continue
            with contextlib.suppress(OSError):
                held = Path(entry.path, "environ").read_bytes()
                if wanted in b"\0" + held + b"\0":
                    found.append(int(entry.name))
    return found
