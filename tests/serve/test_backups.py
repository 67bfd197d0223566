"""A copy of the database in a file, and its return, on a real server of the test's own."""

import os
import subprocess

import psycopg
import pytest

from app import wiring
from app.kit import engines, runtime
from serve.backups.dump import dump
from serve.backups.put_back import put_back
from serve.errors import CannotServe
from tests.database import make_config
from tests.serve import clone
from tests.servers import run_cluster, temporary_folder

RIGHTS = """select grantee, table_name, column_name from information_schema.column_privileges
    where privilege_type = 'UPDATE' and table_schema = 'public' order by 1, 2, 3"""


@pytest.fixture(scope="module")
def machine():
    """A cluster whose app database holds one person of one shop."""
    with temporary_folder() as folder, run_cluster(folder) as cluster:
        app = wiring.create_app(make_config(cluster.url(), "redis://127.0.0.1:1"))
        assert app.test_cli_runner().invoke(args=["migrate"]).exit_code == 0
        runtime.current().engines.dispose()
        asked(cluster, "insert into shop (domain, generation, status, installed_at) values ('a', 1, 'active', now())")
        asked(cluster, "insert into customer (shop_id, email) values (1, 'ana@example.com')")
        yield cluster, folder


def asked(cluster, statement):
    with psycopg.connect(cluster.superuser_url()) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


def test_a_copy_put_back_holds_every_shop_and_keeps_its_policies(machine):
    cluster, folder = machine
    dump(cluster.server, folder / "copy")
    policies = asked(cluster, "select count(*) from pg_policies")
    rights = asked(cluster, RIGHTS)
    assert ("welltimed_app", "decision", "facts") not in rights
    asked(cluster, "delete from customer")
    aside = put_back(cluster.server, folder / "copy", "20260101_000000")
    assert asked(cluster, "select email from customer") == [("ana@example.com",)]
    assert asked(cluster, "select count(*) from pg_policies") == policies
    assert asked(cluster, RIGHTS) == rights
    with psycopg.connect(cluster.server.url("postgres", aside)) as connection:
        assert connection.execute("select count(*) from customer").fetchone() == (0,)
    engines.refuse_powerful_roles(runtime.current().engines)
    runtime.current().engines.dispose()


def test_a_copy_is_its_owners_alone_and_replaces_nothing(machine):
    cluster, folder = machine
    dump(cluster.server, folder / "mine")
    assert (folder / "mine").stat().st_mode & 0o777 == 0o600


def test_a_file_that_is_no_copy_changes_nothing(machine):
    cluster, folder = machine
    (folder / "text").write_text("no copy")
    with pytest.raises(CannotServe, match="pg_restore"):
        put_back(cluster.server, folder / "text", "20260101_000001")
    assert asked(cluster, "select email from customer") == [("ana@example.com",)]


@pytest.mark.parametrize(
    ("command", "words", "said"),
    [
        (["backup"], {}, "usage"),
        (["backup", "there"], {}, "Nothing to copy yet"),
        (["restore", "not-there"], {}, "not-there"),
        (["backup", "there"], {"DATABASE_URL": "postgresql://elsewhere"}, "its own tools"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(tmp_path, command, words, said):
    folder = clone.make(tmp_path / "clone")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "DATABASE"))} | words
    done = subprocess.run(
        [folder / "bin" / command[0], *command[1:]],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert said in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
