"""A migration that meets writers: it waits briefly, gives up whole, and nobody queues behind it for longer."""

import threading
import time
from urllib.parse import urlsplit

import psycopg
import pytest
from alembic import command
from alembic.config import Config as AlembicConfig
from sqlalchemy.exc import OperationalError

from app.config import ROOT

BEFORE, AFTER = "0035", "0036"  # adds a column to a table that is written all the time
LONGEST_S = 3.0  # the limit it sets itself
BACK = (  # what it has made, taken away again: by themselves migrations only go forward
    "alter table follow_up drop column again_at",
    f"update alembic_version set version_num = '{BEFORE}'",
)


@pytest.fixture
def database(cluster, migrated):
    """A database as it was before that migration, and what runs it to the migration."""
    url = cluster.create_database(template=migrated)
    owner = cluster.superuser_url(urlsplit(url).path.lstrip("/"))
    with psycopg.connect(owner, autocommit=True) as connection:
        for statement in BACK:
            connection.execute(statement)
    config = AlembicConfig(toml_file=str(ROOT / "pyproject.toml"))
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    yield owner, lambda: command.upgrade(config, AFTER)
    cluster.drop_database(url)


def version(connection):
    return connection.execute("select version_num from alembic_version").fetchone()[0]


def has_column(connection):
    asked = (
        "select count(*) from information_schema.columns where table_name = 'follow_up' and column_name = 'again_at'"
    )
    return connection.execute(asked).fetchone()[0] == 1


def waits_for_lock(connection):
    asked = "select count(*) from pg_locks where not granted and relation = 'follow_up'::regclass"
    return connection.execute(asked).fetchone()[0] > 0


def test_it_gives_up_whole_and_whoever_queued_behind_it_goes_on(database):
    owner, upgrade = database
    with psycopg.connect(owner) as writer, psycopg.connect(owner, autocommit=True) as other:
        writer.execute("update follow_up set fence = fence where false")  # and does not commit
        failed = []

        def migrate():
            try:
                upgrade()
            except OperationalError as fault:
                failed.append(fault)

        thread = threading.Thread(target=migrate)
        thread.start()
        until = time.monotonic() + 30
        while not waits_for_lock(other):
            assert thread.is_alive(), "it did not wait for the writer"
            assert time.monotonic() < until
            time.sleep(0.01)
        queued_at = time.monotonic()
        other.execute("update follow_up set fence = fence where false")
        assert time.monotonic() - queued_at < LONGEST_S + 1
        thread.join(30)
        assert [type(fault.orig) for fault in failed] == [psycopg.errors.LockNotAvailable]
        assert (version(other), has_column(other)) == (BEFORE, False)
        writer.commit()
        upgrade()
        assert (version(other), has_column(other)) == (AFTER, True)
