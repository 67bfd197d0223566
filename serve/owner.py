"""Decide as whom PostgreSQL runs, since it refuses to run as root."""

import os
import pwd
import shutil
import subprocess
from pathlib import Path

from serve.errors import CannotServe

_LIKELY = (1000, 65534)  # the first user of a machine, and `nobody`


def run_as(clone: Path, death_signal: str = "QUIT") -> list[str]:
    """Return the words to put before a PostgreSQL command so that it runs as an ordinary user.

    Root in another's clone becomes that user. Root in a clone of root's, and anyone without a name
    on this machine (initdb asks for one), gets a user namespace that shows one's own files as a
    named user's, so nothing needs a chmod. Everyone else: no words.

    Args:
        clone: a folder whose owner decides.
        death_signal: the signal to die with the parent, asked for again after a change of user.

    Raises:
        CannotServe: the machine allows none of this.
    """
    words: list[str] = []
    user = os.geteuid()
    if user == 0 and (status := clone.stat()).st_uid != 0:
        user = status.st_uid
        words = ["setpriv", f"--reuid={user}", f"--regid={status.st_gid}", "--clear-groups"]
        words.append(f"--pdeathsig={death_signal}")
    if user == 0 or not _has_name(user):
        named = _named_user()
        words += ["unshare", "--user", f"--map-user={named}", f"--map-group={named}"]
    if words and not _answers([*words, "true"]):
        raise CannotServe(
            "PostgreSQL does not run as root, nor as a user without a name, and this machine does not let "
            f"`{words[0]}` change that. Run as an ordinary user, or set DATABASE_URL and "
            "DEVSTORE_DATABASE_URL to databases of yours."
        )
    return words


def _named_user() -> int:
    """Return a user id that has a name on this machine and is not root's."""
    others = (entry.pw_uid for entry in pwd.getpwall() if entry.pw_uid != 0)
    return next((user for user in _LIKELY if _has_name(user)), None) or next(others, _LIKELY[0])


def _has_name(user: int) -> bool:
    try:
        pwd.getpwuid(user)
    except KeyError:
        return False
    return True


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
