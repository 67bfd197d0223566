"""The servers simulated runs share: one PostgreSQL whose now() is simulated, and the app wired to it once.

Each run gets the same database anew, under the same name, so that what SQLAlchemy has compiled is kept.
"""

import contextlib
from urllib.parse import urlsplit

import psycopg
import structlog
from psycopg import sql
from sqlalchemy import event

from app import wiring
from app.kit import engines, runtime
from app.kit.engines import APP, INGEST, SYSTEM, Engines
from tests.database import make_config
from tests.servers import run_cluster, temporary_folder
from tests.simulator.clock import simulated_clock

DATABASE = "simulated"
ROOM = 30  # connections an engine may keep, and as many more: waiting for one would stop the only thread
# Nothing in the server may act by real time, or draw lots: the hub breaks deadlocks, ends transactions that stand idle,
# and has statistics taken at instants of its own.
SETTINGS = (
    "deadlock_timeout = '1h'",
    "synchronize_seqscans = off",
    "max_parallel_workers_per_gather = 0",
    "plan_cache_mode = 'force_generic_plan'",  # a plan for each of the first five askings cost more than the answers
)
STATEMENTS = 2_000  # a connection keeps ready, from the first asking on: one serves nearly all that is asked


class Servers:
    """Hold the cluster and the wired app."""

    def __init__(self, cluster):
        self.cluster = cluster
        made = cluster.create_database()
        app = wiring.create_app(make_config(made, "redis://127.0.0.1:1"))
        done = app.test_cli_runner().invoke(args=["migrate"])
        assert done.exit_code == 0, (done.output, done.exception)
        runtime.current().engines.dispose()
        self.template = urlsplit(made).path.lstrip("/")
        simulated_clock(cluster.superuser_url(self.template))
        with psycopg.connect(cluster.superuser_url("postgres"), autocommit=True) as connection:
            connection.execute("alter system set autovacuum = off")
            connection.execute("select pg_reload_conf()")
        self.url, self.monitor_url = cluster.url(database=DATABASE), cluster.superuser_url(DATABASE)
        app = wiring.create_app(make_config(self.url, "redis://127.0.0.1:1"))
        structlog.configure(processors=[_drop])  # thousands of faults are meant; their traces cost more than the runs
        self.wired = runtime.current()
        self.wired.parts["flask"] = app
        self.wired.engines.dispose()
        # Whether a connection has rested is a matter of real time, and a run must not be.
        room = [engines._engine(self.url, role, ROOM, asks_before_use=False) for role in (APP, SYSTEM, INGEST)]
        for engine in room:
            event.listen(engine, "connect", _never_idle_by_real_time)
            event.listen(engine, "connect", _keeps_statements)
        object.__setattr__(self.wired, "engines", Engines(*room))

    def renew(self):
        """Begin with an empty database."""
        self.wired.engines.dispose()
        with psycopg.connect(self.cluster.superuser_url("postgres"), autocommit=True) as connection:
            name, template = sql.Identifier(DATABASE), sql.Identifier(self.template)
            connection.execute(sql.SQL("drop database if exists {} with (force)").format(name))
            connection.execute(
                sql.SQL("create database {} owner welltimed template {} strategy file_copy").format(name, template)
            )
            connection.execute(
                sql.SQL("alter database {} set search_path = public, simulated, pg_catalog").format(name)
            )
            for setting in SETTINGS:
                connection.execute(sql.SQL("alter database {} set ").format(name) + sql.SQL(setting))
        ready = self.wired.engines
        for engine in (ready.app, ready.system, ready.ingest):
            engine.connect().close()  # what is asked of a server once is asked before the dice are rolled


@contextlib.contextmanager
def servers():
    """Run them for the length of a block."""
    with temporary_folder() as folder, run_cluster(folder) as cluster:
        made = Servers(cluster)
        try:
            yield made
        finally:
            made.wired.engines.dispose()


def _never_idle_by_real_time(connection, _record):
    connection.execute("set idle_in_transaction_session_timeout = 0")
    connection.execute("set transaction_timeout = 0")
    connection.commit()


def _keeps_statements(connection, _record):
    connection.prepare_threshold, connection.prepared_max = 0, STATEMENTS


def _drop(logger, method, event):
    raise structlog.DropEvent
