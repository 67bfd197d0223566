"""A whole clone of the last commit in a folder of its own, with `bin/run` in it, measured."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.request import urlopen

from serve import marks
from tests.prove.claims import ROOT
from tests.serve.clone import left, read_until

LAST_LINE = "Start in the shop admin"
STRANGER = 54_321  # a user id nobody has
PATIENCE_S = 30


@dataclass
class Start:
    """What one start and stop of `bin/run` was like: seconds, bytes of PSS by part, and what stayed behind."""

    usable_s: float
    stop_s: float
    status: int
    pss: dict[str, int] = field(default_factory=dict)
    stayed: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        """Say whether it ended well and left nothing."""
        return self.status == 0 and not self.stayed


@contextlib.contextmanager
def clone(mode: int = 0o755) -> Iterator[Path]:
    """Give a clone of the last commit whose parent folder has this mode."""
    # Under the temp folder, with a short name: what is measured shall not depend on where this repository lies.
    home = Path(tempfile.mkdtemp(prefix="wt-clone-"))
    try:
        home.chmod(mode)
        command = ["git", "clone", "--quiet", "--no-hardlinks", str(ROOT), str(home / "clone")]
        subprocess.run(command, check=True, capture_output=True)
        yield home / "clone"
    finally:
        shutil.rmtree(home, ignore_errors=True)


def run_once(folder: Path, end: signal.Signals, *, user: int | None = None, measure: bool = False) -> Start:
    """Start `bin/run`, wait until it is usable, end it by a signal, and look for what it left."""
    ports = _free_ports()
    command = [str(folder / "bin" / "run")]
    if user is not None:
        command = ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups", *command]
    kept = ("PATH", "HOME", "PIP_CACHE_DIR", "UV_CACHE_DIR", "PIP_INDEX_URL", "UV_INDEX_URL", "SSL_CERT_FILE")
    known = {name: os.environ[name] for name in kept if name in os.environ} | ports
    if user is not None:
        known["HOME"] = str(folder.parent)
    began = time.monotonic()
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=known,
        start_new_session=True,
    )  # fmt: skip
    try:
        read_until(process, LAST_LINE)
        for port, path in ((ports["DEVSTORE_PORT"], "/admin"), (ports["PORT"], "/readyz")):
            urlopen(f"http://127.0.0.1:{port}{path}", timeout=30).read()
        usable = time.monotonic() - began
        pss = _pss(folder, process.pid) if measure else {}
        sockets = Path((folder / ".data" / "sockets").read_text().strip())
        asked = time.monotonic()
        process.send_signal(end)
        process.communicate(timeout=PATIENCE_S)
        stop = time.monotonic() - asked
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
    stayed = left(folder) + [str(path) for path in (sockets, folder / ".data" / "environment") if path.exists()]
    return Start(usable, stop, process.returncode, pss, stayed)


def give_away(folder: Path, user: int) -> None:
    """Make the clone somebody else's."""
    subprocess.run(["chown", "-R", f"{user}:{user}", str(folder.parent)], check=True)


def _pss(folder: Path, supervisor: int) -> dict[str, int]:
    """Return the proportional memory of everything of the clone, in bytes, by part."""
    found: dict[str, int] = {}
    for pid in {supervisor, *marks.of_home(folder / ".data")}:
        with contextlib.suppress(OSError, StopIteration):
            held = Path(f"/proc/{pid}/environ").read_bytes().decode(errors="replace").split("\0")
            part = next((one.rpartition(":")[2] for one in held if one.startswith("WELLTIMED_PART=")), "supervisor")
            rollup = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
            kilobytes = next(int(line.split()[1]) for line in rollup if line.startswith("Pss:"))
            found[part] = found.get(part, 0) + kilobytes * 1024
    return found


def _free_ports() -> dict[str, str]:
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(3)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        numbers = [str(one.getsockname()[1]) for one in sockets]
    return dict(zip(("PORT", "DEVSTORE_PORT", "DEVSTORE_SMTP_PORT"), numbers, strict=True))
