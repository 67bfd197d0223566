"""Hold `.data/lock`, so that one clone runs once."""

import fcntl
import os
from pathlib import Path

from serve.errors import CannotServe

_KEPT = "WELLTIMED_LOCK"  # the descriptor's number, handed to the program this one becomes


def take(data: Path) -> int:
    """Lock the data folder for as long as this process lives and return the descriptor.

    The descriptor outlives an exec of this process and is closed in its children.

    Raises:
        CannotServe: another process holds it.
    """
    descriptor = os.open(data / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.read(descriptor, 32).decode(errors="replace").strip() or "unknown"
        os.close(descriptor)
        raise CannotServe(f"Already running, pid {holder}.") from None
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
    return descriptor


def keep_over_exec(descriptor: int) -> None:
    """Let the program this process becomes go on holding the lock."""
    os.set_inheritable(descriptor, True)
    os.environ[_KEPT] = str(descriptor)


def is_kept() -> bool:
    """Tell whether the program before this one handed the lock over."""
    return _KEPT in os.environ


def keep_from_children() -> None:
    """Undo `keep_over_exec` once it has served: children must not hold the lock."""
    os.set_inheritable(int(os.environ.pop(_KEPT)), False)
