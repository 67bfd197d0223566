"""What the person at the terminal reads: one line per part, nothing else."""

import contextlib
import sys
import time

_WIDTH = 20


def say(line: str) -> None:
    """Print one line; a terminal that went away is no reason to stop."""
    with contextlib.suppress(OSError, ValueError):
        print(line, flush=True)


def say_part(name: str, started: float, remark: str = "") -> None:
    """Print one part's line with the seconds since `started` (of `time.monotonic`)."""
    say(f"  {name:<{_WIDTH}}{time.monotonic() - started:5.1f} s  {remark}".rstrip())


def prepare_terminal() -> None:
    """Make sure that a terminal without UTF-8 costs a character, not the start."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")
