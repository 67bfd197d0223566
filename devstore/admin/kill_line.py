"""The one line that kills the worker that sends: what the strip shows and README prints."""

import re
import shlex
from pathlib import Path

HERE = "$(pwd -P)"
# Anchored at both ends: other clones' workers are left alone, and so is the shell that runs the line.
WORKER = "^{folder}/.venv/bin/python -m flask --app wsgi worker sends$"
SPECIAL = re.compile(r"[][\\.^$*+?(){}|]")  # to pgrep's extended regular expressions


def kill_line(folder: Path | None = None) -> str:
    """Return the line for the clone in `folder`, for any shell; without one, for a shell inside the clone."""
    if folder is None:
        return f'pkill -KILL -f "{WORKER.format(folder=HERE)}"'
    exact = SPECIAL.sub(r"\\\g<0>", str(folder.resolve()))
    return f"pkill -KILL -f {shlex.quote(WORKER.format(folder=exact))}"
