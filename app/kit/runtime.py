"""What one process holds: configuration, engines, the doorbell, and the tables of who handles what."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from app.config import Config
from app.kit.engines import Engines
from app.kit.queue import Doorbell


@dataclass(frozen=True, slots=True)
class Work:
    """Name one kind of work that lives in rows: its queue, whether any waits (asked each second), and how to do it."""

    queue: str
    waiting: Callable[[Session], bool]
    run: Callable[[Runtime], int]


@dataclass(frozen=True, slots=True)
class Runtime:
    """Hold a process's parts. `wiring` builds it once; tests build their own."""

    config: Config
    engines: Engines
    doorbell: Doorbell
    topics: Mapping[str, Sequence[Callable[..., None]]] = field(default_factory=dict)
    subscribers: Mapping[type, Sequence[Callable[[Session, Any], None]]] = field(default_factory=dict)
    work: Sequence[Work] = ()
    parts: Mapping[str, Any] = field(default_factory=dict)  # what a lower layer needs from above, by name


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
