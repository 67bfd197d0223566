"""Run one program to its end, stoppable at any moment."""

import os
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path

from serve.errors import CannotServe
from serve.part import Part
from serve.signals import Signals, Stopped
from serve.stop import stop

_PATIENCE = 3  # seconds an interrupted installer gets


def finish(part: Part, signals: Signals) -> None:
    """Start `part` and return when it has ended well.

    Raises:
        Stopped: a stop was asked for; the program was ended first.
        CannotServe: it failed; the last lines of its log are in the message.
    """
    finish_all([part], signals)


def finish_all(parts: list[Part], signals: Signals) -> None:
    """Start all `parts` and return when each has ended well; raises as `finish` does."""
    if signals.stop:
        raise Stopped
    for part in parts:
        part.start()
    try:
        while any(part.alive() for part in parts):
            # Bounded: a child that ended between the look and the wait has already woken nobody.
            signals.wait_or_stop(0.2)
            _complain(parts)
    finally:
        stop(parts, _PATIENCE, signals)
    _complain(parts)


def run(
    command: list[str],
    *,
    name: str,
    data: Path,
    signals: Signals,
    env: Mapping[str, str] = os.environ,
    cwd: Path = Path("/"),
) -> None:
    """Run a command to its end with its output in a log; raises as `finish` does."""
    finish(Part(name, command, env, cwd, data, orphaned=signal.SIGKILL), signals)


def _complain(parts: list[Part]) -> None:
    """Raise for the first part that ended badly."""
    for part in parts:
        if part.process is not None and part.process.poll() not in {None, 0}:
            raise CannotServe(
                f"{part.name} failed (see {part.log}):\n{part.tail()}"
            ) from subprocess.CalledProcessError(part.process.returncode, part.command[0])
