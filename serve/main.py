"""The run as a whole: prepare with any Python, then, as the venv's own, start and keep."""

import os
from pathlib import Path

from serve.errors import CannotServe
from serve.lock import is_kept, keep_from_children
from serve.prepare import keep_watch_from_children, prepare, release_watch
from serve.say import prepare_terminal, say
from serve.signals import Signals, Stopped
from serve.start import Run, start


def main(signals: Signals) -> int:
    """Run until a stop is asked for; return the exit status."""
    prepare_terminal()
    clone = Path(__file__).resolve().parent.parent
    data = clone / ".data"
    try:
        if not is_kept():
            prepare(clone, data, signals)  # does not return: execs the venv's Python
        keep_from_children()
        keep_watch_from_children()
        start(Run(clone, data, signals), dict(os.environ))
    except Stopped:
        return 0
    except CannotServe as problem:
        say(str(problem))
        return 1
    except PermissionError as problem:
        say(f"{problem.filename} belongs to another user: start as that user, or give the clone to yourself.")
        return 1
    finally:
        release_watch()
    return 0
