"""Clean up after a supervisor that was killed outright.

Run as `python serve/watch.py CLONE DATA`, with a pipe as standard input whose other end the
supervisor alone holds. The pipe's end means the supervisor is gone: every process marked as the
run's is ended and the sockets folder removed. After an orderly stop there is nothing to do.
"""

import fcntl
import os
import signal
import subprocess
import sys
from pathlib import Path

_PATIENCE = 5  # seconds between SIGTERM and SIGKILL


def try_lock(data: Path) -> int | None:
    """Return the watch's lock, or None while the watch of an earlier run still cleans up."""
    descriptor = os.open(data / "watch.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


def start(clone: Path, data: Path, lock: int) -> tuple[subprocess.Popen[bytes], int]:
    """Start the watch, which takes over `lock`; return it and the descriptor that holds it off."""
    readable, writable = os.pipe()
    process = subprocess.Popen(
        [sys.executable, "-IS", str(Path(__file__).resolve()), str(clone), str(data)],
        stdin=readable,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        env={},
        pass_fds=(lock,),
        start_new_session=True,
    )
    os.close(readable)
    os.close(lock)
    return process, writable


def _wait_then_clean(clone: Path, data: Path) -> None:
    """Wait for the supervisor's end, then clean up."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
        signal.signal(number, signal.SIG_IGN)
    sys.stdin.buffer.read()
    sys.path.insert(0, str(clone))
    from serve import marks, sockets  # noqa: PLC0415 - waiting needs none of it

    marks.sweep(data, _PATIENCE)
    sockets.remove(data)


if __name__ == "__main__":
    _wait_then_clean(Path(sys.argv[1]), Path(sys.argv[2]))
