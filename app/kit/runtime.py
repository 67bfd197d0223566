"""What one process holds: configuration, engines, the doorbell, and the tables of who handles what."""

from __future__ import annotations

import gc
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from sqlalchemy.orm import Session

from app.config import Config
from app.kit.engines import Engines
from app.kit.queue import Doorbell


@dataclass(frozen=True, slots=True)
class Work:
    """Name one kind of work that lives in rows: its queue, whether any waits (asked each second), and who does it.

    `doer` is the dotted path of a function that takes the runtime: named, not imported, because only the process that
    serves its queue should pay for what it stands on (the mail stack alone is 30 MB). `warm` is one that takes nothing,
    for what every job would else do again.
    """

    queue: str
    waiting: Callable[[Session], bool]
    doer: str
    warm: str | None = None

    def load(self) -> Callable[[Runtime], object]:
        """Import and return the function."""
        doer: Callable[[Runtime], object] = _named(self.doer)
        return doer

    def make_ready(self) -> None:
        """Do once what jobs forked from this process can share: imports, and what `warm` does."""
        self.load()
        if self.warm is not None:
            _named(self.warm)()
        # What is loaded stays: looking through it for what is no longer used took a tenth of a job's time, and in a
        # fork it would copy all the memory it looks at.
        gc.collect()
        gc.freeze()

    def do(self, runtime: Runtime) -> None:
        """Do all of this work that waits."""
        self.load()(runtime)


def _named(path: str) -> Any:
    module, _, name = path.rpartition(".")
    return getattr(import_module(module), name)


@dataclass(frozen=True, slots=True)
class Runtime:
    """Hold a process's parts. `wiring` builds it once; tests build their own."""

    config: Config
    engines: Engines
    doorbell: Doorbell
    topics: Mapping[str, Sequence[Callable[..., None]]] = field(default_factory=dict)
    subscribers: Mapping[type, Sequence[Callable[[Session, Any], None]]] = field(default_factory=dict)
    work: Sequence[Work] = ()
    parts: dict[str, Any] = field(default_factory=dict)  # what a lower layer needs from above, by name


_current: list[Runtime] = []


def install(runtime: Runtime) -> None:
    """Make `runtime` the one this process's jobs and requests use."""
    _current[:] = [runtime]


def current() -> Runtime:
    """Return this process's runtime; raise LookupError before wiring has installed one."""
    if not _current:
        message = "wiring has not installed a runtime"
        raise LookupError(message)
    return _current[0]
