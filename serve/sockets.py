"""The private folder for unix sockets, made anew at each start."""

import os
import shutil
import tempfile
from pathlib import Path

from serve.owner import give_to_owner

_PREFIX = "welltimed-"
_LONGEST = 107 - len("/.s.PGSQL.5432.lock")  # a socket's path may have 107 bytes


def make(data: Path, clone: Path) -> Path:
    """Make the folder, note it in `data` and return it; what a killed run left is removed first."""
    remove(data)
    base = tempfile.gettempdir()
    if len(os.fsencode(base)) + len("/welltimed-12345678") > _LONGEST:
        base = "/tmp"  # noqa: S108 - mkdtemp makes a private folder in it
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=base))
    give_to_owner(folder, clone)
    (data / "sockets").write_text(f"{folder}\n")
    return folder


def remove(data: Path, known: Path | None = None) -> None:
    """Remove the folder noted in `data`, and the one the caller knows of, if they are ours."""
    note = data / "sockets"
    noted = Path(note.read_text().strip()) if note.is_file() else None
    for folder in (noted, known):
        if folder and folder.name.startswith(_PREFIX) and folder.is_dir() and not folder.is_symlink():
            shutil.rmtree(folder, ignore_errors=True)
    note.unlink(missing_ok=True)
