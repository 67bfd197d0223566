"""Become another program that dies with its parent.

Run as `python serve/child.py SIGNAL PARENT_PID PROGRAM ARGUMENTS…`: asks the kernel to send SIGNAL
when the parent ends (Linux; elsewhere nothing is asked), gives back the default signal actions a
careless caller may have left ignored, then becomes PROGRAM. A wrapper, because code run between
fork and exec inside a threaded parent may deadlock.
"""

import ctypes
import os
import signal
import sys
from pathlib import Path

_PR_SET_PDEATHSIG = 1  # <linux/prctl.h>


def wrap(command: list[str], death_signal: signal.Signals) -> list[str]:
    """Return the command line that runs `command` so that it ends with this process."""
    # -I -S: nothing of the environment or of site-packages is read, the start costs 15 ms.
    return [
        sys.executable,
        "-IS",
        str(Path(__file__).resolve()),
        str(int(death_signal)),
        str(os.getpid()),
        *command,
    ]


def _become(death_signal: int, parent: int, command: list[str]) -> None:
    """Set the death signal and the default actions, then exec; never returns."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, death_signal, 0, 0, 0)
    if os.getppid() != parent:  # the parent ended before the kernel was asked
        sys.exit(1)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGPIPE):
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    try:
        os.execvp(command[0], command)  # noqa: S606 - becoming the given program is the purpose
    except OSError as problem:
        sys.exit(f"{command[0]}: {problem.strerror}")


if __name__ == "__main__":
    _become(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:])
