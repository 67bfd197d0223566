"""From the first second to the venv's interpreter: lock, watch, installs, exec."""

import os
import time
from collections.abc import Sequence
from pathlib import Path

from serve import environment, finish, frontend, install, lock, marks, sockets, watch
from serve.owner import give_to_owner
from serve.say import say, say_part
from serve.signals import Signals

REQUIREMENTS = "requirements-run.txt"
_KEPT = "WELLTIMED_WATCH"  # "pid descriptor" of the watch, handed to the program this one becomes
_CERTIFICATES = Path(environment.CERTIFICATES)
_LEFT_PATIENCE = 5  # seconds that parts of a killed run get


def prepare(clone: Path, data: Path, signals: Signals) -> None:
    """Take the clone for this process, install what is missing, and become the venv's interpreter.

    Raises:
        CannotServe: the clone is running already, or an installation failed.
        Stopped: a stop was asked for.
    """
    data.mkdir(mode=0o700, exist_ok=True)
    (data / "log").mkdir(exist_ok=True)
    give_to_owner(data, clone)
    held = lock.take(data)
    while (watch_lock := watch.try_lock(data)) is None:
        signals.wait_or_stop(0.1)  # the watch of a killed run is still cleaning up
    watcher, writable = watch.start(clone, data, watch_lock)
    os.environ[_KEPT] = f"{watcher.pid} {writable}"
    marks.sweep(data, _LEFT_PATIENCE)
    sockets.remove(data)
    say("Welltimed")
    _install(clone, data, signals)
    lock.keep_over_exec(held)
    os.set_inheritable(writable, True)
    signals.hold_back()
    python = str(install.python_of(clone))
    os.execv(python, [python, "-m", "serve"])  # noqa: S606 - becoming it is the purpose


def release_watch() -> None:
    """Tell the watch that the stop was an orderly one and wait until it has seen so."""
    pid, descriptor = map(int, os.environ.pop(_KEPT, "0 -1").split())
    if pid:
        os.close(descriptor)
        os.waitpid(pid, 0)


def keep_watch_from_children() -> None:
    """Close the watch's pipe in children: it must end when this process does."""
    if _KEPT in os.environ:
        os.set_inheritable(int(os.environ[_KEPT].split()[1]), False)


def _install(clone: Path, data: Path, signals: Signals) -> None:
    """Install what is missing and say how long it took."""

    def run(name: str, command: Sequence[str]) -> None:
        known = environment.for_installers(os.environ, has_certificates=_CERTIFICATES.is_file())
        finish.run(list(command), name=name, data=data, signals=signals, env=known)

    if not install.is_installed(clone, REQUIREMENTS):
        say("  Installing packages. This takes a minute the first time.")
        started = time.monotonic()
        install.install(clone, REQUIREMENTS, run)
        say_part("Python packages", started)
    if not frontend.is_installed(clone):
        started = time.monotonic()
        frontend.install(clone, run)
        say_part("browser libraries", started)
