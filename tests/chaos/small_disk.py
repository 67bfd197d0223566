"""A disk that can be filled: a file system in memory, for the database alone."""

import contextlib
import errno
import os
import subprocess
import sys

SIZE_MB = 2_000
FULL_S = 6.0
BALLAST, LEAST = "ballast", 4096
HAS_OWN = "HAS_OWN_MOUNTS"


def begin_anew_with_own_mounts():
    """Run this program again where it may mount, and where what it mounted is gone with it, however it ends."""
    if HAS_OWN in os.environ:
        return
    stranger = [] if os.geteuid() == 0 else ["--user", "--map-current-user", "--keep-caps"]
    words = ["unshare", *stranger, "--mount", *sys.orig_argv]
    os.execvpe(words[0], words, os.environ | {HAS_OWN: "yes"})


@contextlib.contextmanager
def mounted(folder):
    """Make a folder that is a small file system in memory, until the block ends."""
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE_MB}m,mode=0755", "tmpfs", folder], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def full(folder, ending):
    """Return the harm of a disk on which nothing more can be written for a while."""

    def harm():
        ballast = folder / BALLAST
        with ballast.open("wb") as file:
            _fill(file.fileno())
            ending.wait(FULL_S)
        ballast.unlink()

    return harm


def _fill(descriptor):
    """Take what is left, the last page too: halves of what no longer fits are tried until nothing does."""
    size, step = 0, SIZE_MB << 20
    while step >= LEAST:
        try:
            os.posix_fallocate(descriptor, size, step)
            size += step
        except OSError as refused:
            if refused.errno != errno.ENOSPC:
                raise
            step //= 2
