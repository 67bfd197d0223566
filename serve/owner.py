"""Decide as whom PostgreSQL runs, since it refuses to run as root."""

import os
import shutil
import subprocess
from pathlib import Path

from serve.errors import CannotServe

_NAMESPACE = ["unshare", "--user", "--map-user=1000", "--map-group=1000"]


def run_as(clone: Path, death_signal: str = "QUIT") -> list[str]:
    """Return the words to put before a PostgreSQL command so that it does not run as root.

    Not root: none. Root in a clone of root's: a user namespace that shows root's files as an
    ordinary user's, so nothing needs a chmod. Root in another's clone: that user.

    Args:
        clone: a folder whose owner decides.
        death_signal: the signal `setpriv` asks for when the parent ends (a change of user clears
            what was asked before).

    Raises:
        CannotServe: root, and the machine allows neither way.
    """
    if os.geteuid() != 0:
        return []
    status = clone.stat()
    if status.st_uid == 0:
        if _answers([*_NAMESPACE, "true"]):
            return _NAMESPACE
        message = (
            "PostgreSQL does not run as root and this machine allows no user namespace "
            "(`unshare --user` failed). Run as another user, or set DATABASE_URL to a server of yours."
        )
        raise CannotServe(message)
    become = [
        "setpriv",
        f"--reuid={status.st_uid}",
        f"--regid={status.st_gid}",
        "--clear-groups",
        f"--pdeathsig={death_signal}",
    ]
    if _answers([*become, "true"]):
        return become
    message = (
        f"PostgreSQL does not run as root and `setpriv` cannot become the owner of {clone} "
        f"(user {status.st_uid}). Run as that user, or set DATABASE_URL to a server of yours."
    )
    raise CannotServe(message)


def give_to_owner(folder: Path, clone: Path) -> None:
    """Make `folder` the property of whom `run_as` runs PostgreSQL as."""
    if os.geteuid() == 0:
        status = clone.stat()
        os.chown(folder, status.st_uid, status.st_gid)


def _answers(command: list[str]) -> bool:
    """Tell whether a harmless command ends well."""
    if shutil.which(command[0]) is None:
        return False
    return subprocess.run(command, capture_output=True, timeout=20, check=False).returncode == 0
