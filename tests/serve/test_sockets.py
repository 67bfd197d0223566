"""The sockets folder is private, short, and gone after the run."""

import stat
import tempfile
from pathlib import Path

from serve import sockets


def test_the_folder_is_private_and_removed(tmp_path):
    folder = sockets.make(tmp_path, tmp_path)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    (folder / "valkey.sock").touch()
    sockets.remove(tmp_path)
    assert not folder.exists()
    sockets.remove(tmp_path)  # nothing left to remove is no fault


def test_a_new_start_removes_what_a_killed_one_left(tmp_path):
    old = sockets.make(tmp_path, tmp_path)
    new = sockets.make(tmp_path, tmp_path)
    assert not old.exists()
    sockets.remove(tmp_path)
    assert not new.exists()


def test_a_long_temp_folder_is_passed_over(tmp_path, monkeypatch):
    long = tmp_path / ("x" * 90)
    long.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(long))
    folder = sockets.make(tmp_path, tmp_path)
    assert len(str(folder / ".s.PGSQL.5432.lock")) <= 107
    sockets.remove(tmp_path)


def test_a_note_that_names_anything_else_removes_nothing(tmp_path):
    precious = tmp_path / "precious"
    precious.mkdir()
    (tmp_path / "sockets").write_text(f"{precious}\n")
    sockets.remove(tmp_path)
    assert precious.is_dir()


def test_the_folder_goes_even_when_its_note_was_deleted(tmp_path):
    folder = sockets.make(tmp_path, tmp_path)
    (tmp_path / "sockets").unlink()
    sockets.remove(tmp_path, folder)
    assert not Path(folder).exists()
