"""A killed test run leaves no server behind."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

_PROGRAM = """
import sys, time
from pathlib import Path
from tests.servers import run_cluster, run_valkey
folder = Path(sys.argv[1])
with run_cluster(folder), run_valkey(folder):
    print("up", flush=True)
    time.sleep(60)
"""


def test_servers_end_with_a_killed_parent(sockets_folder: Path) -> None:
    folder = sockets_folder / "killed"
    folder.mkdir()
    with subprocess.Popen([sys.executable, "-c", _PROGRAM, folder], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == b"up\n"
        assert _using(folder)
        parent.send_signal(signal.SIGKILL)
    until = time.monotonic() + 10
    while _using(folder) and time.monotonic() < until:
        time.sleep(0.02)
    assert _using(folder) == []


def _using(folder: Path) -> list[int]:
    """Return the processes whose working folder or command line lies in `folder`."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                words = (entry / "cmdline").read_bytes()
                place = str((entry / "cwd").readlink())
            except OSError:
                continue
            if (str(folder).encode() in words and words.split(b"\0")[1] != b"-c") or place.startswith(str(folder)):
                found.append(int(entry.name))
    return found
