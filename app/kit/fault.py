"""Named points where a test may kill, stop or fail the process. One dict look-up when unarmed.

`FAULT="K9:kill@3,T1:raise,K2:hang:30"` arms points: action after the colon, `@n` = only at the n-th hit (default 1).
`FAULT_LOG=/path` appends the name of every armed point as it fires, so that a test can tell a hit from a miss.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

HANG_S = 30.0


class InjectedFault(Exception):
    """Stand for whatever could have gone wrong at this point."""


class UnknownPoint(ValueError):
    """Say that FAULT names an action or has a shape this module does not know."""


class Armed:
    """Count hits of one armed point and act at the chosen one."""

    def __init__(self, name: str, action: Callable[[], None], at_hit: int) -> None:
        """Take what to do and at which hit (1 = the first)."""
        self.name, self.action, self.at_hit, self.hits = name, action, at_hit, 0

    def hit(self) -> None:
        """Act when this is the chosen hit."""
        self.hits += 1
        if self.hits != self.at_hit:
            return
        trail = os.environ.get("FAULT_LOG")
        if trail:
            with Path(trail).open("a") as file:
                file.write(f"{self.name}\n")
        self.action()


def point(name: str) -> None:
    """Mark a place where a crash would be most harmful; does nothing unless armed."""
    armed = _armed.get(name)
    if armed is not None:
        armed.hit()


def arm(text: str) -> None:
    """Arm the points `text` names and disarm all others; raise UnknownPoint for an action not known."""
    _armed.clear()
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        name, _, rest = part.partition(":")
        what, _, hit = rest.partition("@")
        _armed[name] = Armed(name, _action(name, what), int(hit or 1))


def _action(name: str, what: str) -> Callable[[], None]:
    verb, _, argument = what.partition(":")
    if verb == "kill":
        return lambda: os.kill(os.getpid(), signal.SIGKILL)
    if verb == "stop":
        # To this thread: sent to the process, another may take it, and this one runs on until all are stopped.
        return lambda: signal.pthread_kill(threading.get_ident(), signal.SIGSTOP)
    if verb == "hang":
        return lambda: time.sleep(float(argument or HANG_S))
    if verb == "raise":

        def fail() -> None:
            raise InjectedFault(name)

        return fail
    message = f"FAULT: {name} has the action {what!r}; known are kill, raise, hang[:s], stop."
    raise UnknownPoint(message)


_armed: dict[str, Armed] = {}
arm(os.environ.get("FAULT", ""))
