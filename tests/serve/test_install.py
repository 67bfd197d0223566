"""An installation is done again exactly when what it installs has changed."""

import sys
from pathlib import Path

import pytest

from serve import install
from serve.errors import CannotServe


@pytest.fixture
def clone(tmp_path):
    (tmp_path / "requirements-run.txt").write_text("-r requirements.txt\nvalkeylite==1\n")
    (tmp_path / "requirements.txt").write_text("flask==3\n")
    python = install.python_of(tmp_path)
    python.parent.mkdir(parents=True)
    python.symlink_to(sys.executable)
    return tmp_path


def test_the_second_installation_does_nothing(clone):
    ran = []
    assert not install.is_installed(clone, "requirements-run.txt")
    install.install(clone, "requirements-run.txt", lambda _name, command: ran.append(command))
    assert ran
    assert install.is_installed(clone, "requirements-run.txt")


def test_a_change_in_an_included_file_is_a_change(clone):
    install.install(clone, "requirements-run.txt", lambda _name, _command: None)
    (clone / "requirements.txt").write_text("flask==4\n")
    assert not install.is_installed(clone, "requirements-run.txt")


def test_a_venv_whose_python_is_gone_is_made_anew(clone):
    install.install(clone, "requirements-run.txt", lambda _name, _command: None)
    python = install.python_of(clone)
    python.unlink()
    python.symlink_to("/nowhere/python3")
    ran = []

    def run(_name, command):
        ran.append(command)
        if "venv" in command:
            assert not python.exists()
            python.parent.mkdir(parents=True, exist_ok=True)
            python.symlink_to(sys.executable)

    install.install(clone, "requirements-run.txt", run)
    assert any("venv" in command for command in ran)
    assert install.is_installed(clone, "requirements-run.txt")


def test_a_failed_installation_is_tried_again(clone):
    def fail(_name, _command):
        raise CannotServe("no network")

    with pytest.raises(CannotServe):
        install.install(clone, "requirements-run.txt", fail)
    assert not install.is_installed(clone, "requirements-run.txt")


def test_the_projects_own_requirements_are_all_read():
    root = Path(__file__).parents[2]
    before = install.fingerprint(root, "requirements-run.txt")
    assert before == install.fingerprint(root, "requirements-run.txt")
    assert before != install.fingerprint(root, "requirements.txt")


def test_a_venv_left_without_pip_is_made_anew(clone, monkeypatch):
    monkeypatch.setattr(install, "_uv", lambda: None)
    python = install.python_of(clone)
    python.unlink()
    python.write_text('#!/bin/sh\ncase "$*" in *pip*) exit 1;; *) echo 3 11;; esac\n')
    python.chmod(0o755)
    ran = []
    with pytest.raises(FileNotFoundError):  # nothing was really made, so there is no place for the stamp
        install.install(clone, "requirements-run.txt", lambda _name, command: ran.append(command))
    assert "venv" in ran[0]
