"""Keep the logs of a long run from filling the disk."""

import os
import shutil
from pathlib import Path

LIMIT = 5_000_000  # bytes; with the copy set aside a log takes at most about twice as much


def trim(data: Path, limit: int = LIMIT) -> None:
    """Set aside what a log over `limit` holds and empty it.

    Copied, not renamed: the part that writes it has it open, and goes on at its new end. Lines
    written between the copy and the emptying are lost.
    """
    for log in (data / "log").glob("*.log"):
        if log.stat().st_size > limit:
            shutil.copyfile(log, log.with_suffix(".log.old"))
            os.truncate(log, 0)
