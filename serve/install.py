"""Make `.venv` and install pinned requirements into it, once per content of the requirement files."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from serve.errors import CannotServe

_OLDEST = (3, 11)
_ASK = "import sys; print(*sys.version_info[:2])"
# Runs one command under a log's name; see serve.finish.run.
Run = Callable[[str, Sequence[str]], None]


def python_of(clone: Path) -> Path:
    """Return the venv's interpreter, there or not."""
    return clone / ".venv" / "bin" / "python"


def fingerprint(clone: Path, requirements: str) -> str:
    """Return what decides whether an installation is up to date: every requirement file it reads."""
    digest = hashlib.sha256()
    unread = [requirements]
    seen: set[str] = set()
    while unread:
        name = unread.pop()
        if name not in seen:
            seen.add(name)
            text = (clone / name).read_bytes()
            digest.update(name.encode() + b"\0" + text + b"\0")
            unread += re.findall(r"^\s*-r\s*(\S+)", text.decode(), re.MULTILINE)
    return digest.hexdigest()


def is_installed(clone: Path, requirements: str) -> bool:
    """Tell whether `install` has nothing to do."""
    stamp = _stamp(clone, requirements)
    return stamp.is_file() and stamp.read_text() == fingerprint(clone, requirements) and _runs(python_of(clone))


def install(clone: Path, requirements: str, run: Run) -> None:
    """Bring `.venv` up to date with one requirement file.

    Uses uv where it is present, else pip; a Python without ensurepip lends the venv its own pip.

    Raises:
        CannotServe: there is neither uv nor any pip.
    """
    venv = clone / ".venv"
    uv = _uv()
    stamp = _stamp(clone, requirements)
    stamp.unlink(missing_ok=True)
    python = python_of(clone)
    # A start that was stopped while the venv was being made may have left one without pip.
    half_made = not uv and not _answers([str(python), "-m", "pip", "--version"]) and _has("ensurepip")
    if half_made or not _runs(python):
        shutil.rmtree(venv, ignore_errors=True)
        if uv:
            run("install", [uv, "venv", "--quiet", "--seed", "--python", sys.executable, str(venv)])
        elif _has("ensurepip"):
            run("install", [sys.executable, "-m", "venv", str(venv)])
        else:
            run("install", [sys.executable, "-m", "venv", "--without-pip", str(venv)])
    run("install", [*_installer(clone, uv), "-r", str(clone / requirements)])
    stamp.write_text(fingerprint(clone, requirements))


def install_beside(clone: Path, requirements: str, target: Path, run: Run) -> None:
    """Install a requirement file into a folder of its own, outside `.venv`."""
    run("install", [*_installer(clone, _uv()), "--target", str(target), "-r", str(clone / requirements)])


def _installer(clone: Path, uv: str | None) -> list[str]:
    """Return the words that install packages for the venv."""
    python = python_of(clone)
    if uv:
        return [uv, "pip", "install", "--quiet", "--python", str(python)]
    quiet = ["--quiet", "--no-input", "--disable-pip-version-check", "--progress-bar", "off"]
    if _answers([str(python), "-m", "pip", "--version"]):
        return [str(python), "-m", "pip", "install", *quiet]
    if _has("pip"):
        return [sys.executable, "-m", "pip", "--python", str(python), "install", *quiet]
    raise CannotServe(
        "Python has neither ensurepip nor pip, and there is no uv. Install one of them "
        "(Debian and Ubuntu: the package python3-venv)."
    )


def _stamp(clone: Path, requirements: str) -> Path:
    return clone / ".venv" / f".installed-{requirements}"


def _uv() -> str | None:
    """Return uv where it truly runs: a version manager's shim may be there and not."""
    found = shutil.which("uv")
    return found if found and _answers([found, "--version"]) else None


def _has(module: str) -> bool:
    return _answers([sys.executable, "-c", f"import {module}"])


def _runs(python: Path) -> bool:
    """Tell whether the interpreter starts and is new enough."""
    if not python.exists():
        return False
    try:
        answer = subprocess.run(
            [python, "-IS", "-c", _ASK], capture_output=True, text=True, timeout=30, check=False
        ).stdout.split()
    except (OSError, subprocess.TimeoutExpired):
        return False
    return len(answer) == len(_OLDEST) and tuple(map(int, answer)) >= _OLDEST


def _answers(command: list[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, timeout=60, check=False, env=os.environ).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False
