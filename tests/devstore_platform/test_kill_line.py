"""The line that kills the worker that sends: it finds this clone's worker and nothing else."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from devstore.admin.kill_line import kill_line
from devstore.config import settings
from serve.install import python_of
from serve.parts import flask
from tests.devstore_platform.conftest import ROOT, SHOP

STANDS_FOR_FLASK = "import sys; print('up', flush=True); sys.stdin.read()"


@pytest.fixture
def run_part(tmp_path):
    """A function that runs one part of a clone by the supervisor's own command line; returns its pid."""
    started = []

    def run_part(clone, *words):
        python = python_of(clone)
        if not python.exists():
            python.parent.mkdir(parents=True)
            python.symlink_to(sys.executable)
            (clone / "flask.py").write_text(STANDS_FOR_FLASK)
        part = subprocess.Popen(flask(python, *words), cwd=clone, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        started.append(part)
        assert part.stdout.readline() == b"up\n"
        return part.pid

    yield run_part
    for part in started:
        part.communicate()


def named_by(line, folder):
    """The processes a line means, asked by a shell in a folder."""
    asked = f"true; {line.replace('pkill -KILL', 'pgrep')}; true"  # the shell stays, and its own line holds the words
    found = subprocess.run(["sh", "-c", asked], cwd=folder, capture_output=True, text=True, check=True)
    assert found.stderr == ""
    return [int(pid) for pid in found.stdout.split()]


@pytest.mark.parametrize("name", ["clone", "It's (my) 1st+2nd clone"])
def test_the_line_names_this_clones_worker_and_no_other(tmp_path, run_part, name):
    own, other, longer = tmp_path / name, tmp_path / "other", tmp_path / f"{name} too"
    worker = run_part(own, "worker", "sends")
    run_part(own, "worker", "inbox")
    run_part(other, "worker", "sends")
    run_part(longer, "worker", "sends")
    assert named_by(kill_line(own), tmp_path) == [worker]


def test_the_line_in_the_readme_means_the_clone_the_shell_stands_in(tmp_path, run_part):
    (tmp_path / "shortcut").symlink_to(tmp_path / "clone")
    worker = run_part(tmp_path / "clone", "worker", "sends")
    run_part(tmp_path / "other", "worker", "sends")
    for folder in ("clone", "shortcut"):
        there = tmp_path / folder
        assert named_by(kill_line(), there) == [worker], os.fspath(there)
    assert named_by(kill_line(), tmp_path) == []


def test_the_strip_and_the_readme_print_it(installed):
    page = installed.get(f"/admin/{SHOP}/orders").text
    assert str(kill_line(settings().app_folder)).replace("'", "&#39;") in page
    assert f"`{kill_line()}`" in Path(ROOT, "README.md").read_text()
