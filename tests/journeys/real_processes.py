"""Everything `bin/run` starts, in a copy of the clone: the supervisor, the servers, the app's processes, the dev store.

Nothing is installed: the copy borrows the packages of the environment the tests run in. Ports are free ones, data is
its own, and the end is a SIGTERM after which nothing may be left: no process, no socket, no folder of sockets.
"""

import contextlib
import json
import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.request import Request, urlopen

from serve import frontend, install, marks
from tests.serve.clone import ROOT, left, read_until

FOLDERS = ("app", "bin", "devstore", "extension", "migrations", "serve", "static", "templates")
FILES = ("*.py", "*.toml", "requirements*.txt", "package*.json")
STOP_SECONDS = 30  # the promise is twenty; a machine that is busy with other tests gets half as much again


@dataclass
class Machine:
    """A running demo: where it listens, and hands to reach behind it."""

    clone: Path
    process: subprocess.Popen[str]
    web: str
    store: str
    told: str  # what the terminal said

    def api(self, path, body=None, method=None):
        """Ask the dev store's script API; returns its JSON."""
        data = json.dumps(body).encode() if body is not None else None
        asked = Request(self.store + path, data, {"Content-Type": "application/json"}, method=method)
        with urlopen(asked, timeout=30) as answer:
            return json.loads(answer.read())

    def ready(self):
        """Return the app's /readyz."""
        with urlopen(f"{self.web}/readyz", timeout=30) as answer:
            return json.loads(answer.read())

    def variables(self):
        """Return the app's own variables, as `.data/environment` keeps them for commands run by hand."""
        lines = (self.clone / ".data" / "environment").read_text().splitlines()
        return dict(shlex.split(line)[1].split("=", 1) for line in lines)

    def flask(self, *words):
        """Run one of the app's commands; returns what it prints."""
        command = [str(self.clone / ".venv" / "bin" / "python"), "-m", "flask", "--app", "wsgi", *words]
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.clone), **self.variables()}
        return subprocess.run(
            command, cwd=self.clone, env=environment, capture_output=True, text=True, timeout=120, check=True
        ).stdout

    def pids(self, part):
        """Return the processes of one part, such as "worker sends"."""
        return marks.of_part(self.clone / ".data", part)

    def log(self, part):
        """Return what one part has printed."""
        return (self.clone / ".data" / "log" / f"{part.replace(' ', '-')}.log").read_text("utf-8", "replace")


@contextlib.contextmanager
def machine(folder):
    """Start everything in a copy of the clone inside `folder`; ends it, and fails if anything is left."""
    clone = copy_clone(folder / "clone")
    web, store, smtp = free_ports(3)
    process = subprocess.Popen(
        [str(clone / "bin" / "run")],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(clone),
            "PORT": str(web),
            "DEVSTORE_PORT": str(store),
            "DEVSTORE_SMTP_PORT": str(smtp),
        },
        start_new_session=True,
    )
    try:
        told = read_until(process, "Apps → Install")
        sockets = Path((clone / ".data" / "sockets").read_text().strip())
        yield Machine(clone, process, f"http://127.0.0.1:{web}", f"http://127.0.0.1:{store}", told)
        process.send_signal(signal.SIGTERM)
        assert process.wait(STOP_SECONDS) == 0
        assert left(clone) == []
        assert not sockets.exists()
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        marks.sweep(clone / ".data", patience=5)
        process.stdout.close()


def copy_clone(clone):
    """Copy what `bin/run` needs and mark it installed."""
    clone.mkdir()
    for name in FOLDERS:
        shutil.copytree(ROOT / name, clone / name)
    for pattern in FILES:
        for file in ROOT.glob(pattern):
            shutil.copy2(file, clone)
    venv = clone / ".venv"
    (venv / "bin").mkdir(parents=True)
    (venv / "bin" / "python").symlink_to(Path(sys.prefix) / "bin" / "python")
    (venv / "lib").symlink_to(Path(sys.prefix) / "lib")
    shutil.copy(Path(sys.prefix) / "pyvenv.cfg", venv)
    (venv / ".installed-requirements-run.txt").write_text(install.fingerprint(clone, "requirements-run.txt"))
    (clone / "node_modules").mkdir()
    for package in (ROOT / "node_modules").iterdir():
        (clone / "node_modules" / package.name).symlink_to(package)
    frontend._stamp(clone).unlink(missing_ok=True)  # a link to the clone's own
    frontend._stamp(clone).write_text(frontend._fingerprint(clone))
    assert frontend.is_installed(clone), "static/vendor is missing: start bin/run or bin/test once"
    return clone


def free_ports(count):
    """Return that many different ports nobody listens on now."""
    with contextlib.ExitStack() as stack:
        held = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in held:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in held]
