"""A small clone: the real supervisor, servers and web server around programs of a few lines."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from serve import frontend, install, marks

ROOT = Path(__file__).parents[2]
_WSGI = """
def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"ok"]
"""
# Stands before the installed Flask on the path: a start then costs a tenth of its seconds.
_FLASK = """
import os, signal, sys
import wsgi

if sys.argv[3] == "migrate":
    assert os.environ["DATABASE_URL"].startswith("postgresql://welltimed@/welltimed?host=")
else:
    signal.pause()
"""
_DEVSTORE = """
import http.server, os


class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


http.server.HTTPServer(("127.0.0.1", int(os.environ["DEVSTORE_PORT"])), Answer).serve_forever()
"""


def make(folder: Path) -> Path:
    """Make the clone in `folder` with nothing left to install, and return it."""
    folder.mkdir()
    for name in ("serve", "bin"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "wsgi.py").write_text(_WSGI)
    (folder / "flask").mkdir()
    (folder / "flask" / "__init__.py").touch()
    (folder / "flask" / "__main__.py").write_text(_FLASK)
    (folder / "devstore").mkdir()
    (folder / "devstore" / "__main__.py").write_text(_DEVSTORE)
    venv = folder / ".venv"
    (venv / "bin").mkdir(parents=True)
    (venv / "bin" / "python").symlink_to(Path(sys.prefix) / "bin" / "python")
    (venv / "lib").symlink_to(Path(sys.prefix) / "lib")
    shutil.copy(Path(sys.prefix) / "pyvenv.cfg", venv)
    (folder / "requirements-run.txt").write_text("")
    install.install(folder, "requirements-run.txt", lambda _name, _command: None)
    (folder / "package-lock.json").write_text("{}")
    for name, source in frontend.SERVED.items():
        (folder / "node_modules" / source).parent.mkdir(parents=True, exist_ok=True)
        (folder / "node_modules" / source).write_text(name)
    frontend.install(folder, lambda _name, _command: None)
    return folder


def start_clone(clone: Path, *, ignore_int: bool = False, **variables: str) -> subprocess.Popen[str]:
    """Start the clone's `bin/run`; SIGINT may be ignored at its entry, as under nohup."""
    command = [str(clone / "bin" / "run")]
    if ignore_int:
        command = ["/bin/sh", "-c", "trap '' INT; exec \"$0\"", *command]
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={"PATH": os.environ["PATH"], "HOME": str(clone), **variables},
        start_new_session=True,
    )


def read_until(process: subprocess.Popen[str], words: str) -> str:
    """Return what the program printed up to the line holding `words`."""
    lines = ""
    for line in process.stdout or ():
        lines += line
        if words in line:
            return lines
    raise AssertionError(f"ended without {words!r}:\n{lines}")


def left(clone: Path) -> list[str]:
    """Return the command lines of all processes that still belong to the clone."""
    found = marks.of_home(clone / ".data")
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                if str(clone).encode() in (entry / "cmdline").read_bytes():
                    found.append(int(entry.name))
            except OSError:
                continue
    return [_words(pid) for pid in set(found)]


def _words(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return f"{pid}, which ended meanwhile"
