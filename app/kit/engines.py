"""One engine per database role. No engine connects before its first use."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.exc import InvalidatePoolError

POOL_WAIT_S = 2  # a request that cannot get a connection by then is better answered 503 than kept waiting
CONNECT_WAIT_S = 3
REST_S = 1.0
# Everything is asked by key and what is in use is in memory: read an index rather than a table's every page.
PLANNING = "-c random_page_cost=1.1"
# A process that stands still in the middle of a transaction keeps its locks, and with them everybody who wants one. No
# transaction of ours waits this long for Shopify or for its own work.
LONGEST_IDLE_MS = 120_000
# One that stands still between two statements sent together counts as busy: PostgreSQL 17 and later can end it too.
LONGEST_TRANSACTION_MS = 600_000
KNOWS_TRANSACTIONS = 170_000  # the version that does, as the server tells it

APP, SYSTEM, INGEST = "welltimed_app", "welltimed_system", "welltimed_ingest"


class RoleError(Exception):
    """Say that the effective database role would see past row-level security."""


@dataclass(frozen=True, slots=True)
class Engines:
    """Hold the engines: `app` sees one shop at a time, `system` all, `ingest` may only insert into the two inboxes."""

    app: Engine
    system: Engine
    ingest: Engine

    def dispose(self) -> None:
        """Close every pooled connection: before a fork, and at the end."""
        for engine in (self.app, self.system, self.ingest):
            engine.dispose()


def make(database_url: str, system_database_url: str, *, pool_size: int = 5) -> Engines:
    """Return the engines for the URLs; nothing connects yet."""
    return Engines(
        app=_engine(database_url, APP, pool_size),
        system=_engine(system_database_url, SYSTEM, 2),
        ingest=_engine(database_url, INGEST, pool_size, asks_before_use=False),
    )


def _engine(url: str, role: str, pool_size: int, *, asks_before_use: bool = True) -> Engine:
    idle = f"-c idle_in_transaction_session_timeout={LONGEST_IDLE_MS}"
    options = f"-c role={role} {PLANNING} {idle} -c timezone=UTC"
    engine = create_engine(
        url,
        connect_args={"options": options, "connect_timeout": CONNECT_WAIT_S},
        pool_timeout=POOL_WAIT_S,
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_use_lifo=True,  # the connection used last has most statements ready
        hide_parameters=True,  # parameters hold addresses; they must not reach logs through an exception's text
    )
    _bound_transactions(engine)
    if asks_before_use:  # without it a dead connection answers a webhook 503, and it comes again
        _ask_after_rest(engine)
    return engine


def _bound_transactions(engine: Engine) -> None:
    longest = f"set transaction_timeout = {LONGEST_TRANSACTION_MS}"

    @event.listens_for(engine, "connect")
    def _bound(connection: Any, _record: Any) -> None:
        if connection.info.server_version >= KNOWS_TRANSACTIONS:
            connection.autocommit = True
            connection.execute(longest)
            connection.autocommit = False


def _ask_after_rest(engine: Engine) -> None:
    """Ask a connection that has rested whether it still lives; one used a moment ago is not asked again."""

    @event.listens_for(engine, "checkin")
    def _rests(_connection: Any, record: Any) -> None:
        record.info["rests_since"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def _wakes(connection: Any, record: Any, _proxy: Any) -> None:
        since = record.info.get("rests_since")
        if since is None or time.monotonic() - since < REST_S:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as gone:
            raise InvalidatePoolError from gone


def refuse_powerful_roles(engines: Engines) -> None:
    """Raise RoleError when a role could look past the policies: superuser, BYPASSRLS, or owner of the tables."""
    for engine in (engines.app, engines.ingest, engines.system):
        with engine.connect() as connection:
            row = connection.execute(
                text(
                    "select current_user, r.rolsuper, r.rolbypassrls, exists (select 1 from pg_tables t"
                    " where t.schemaname = current_schema() and t.tableowner = current_user) as owner"
                    " from pg_roles r where r.rolname = current_user",
                ),
            ).one()
        if row.rolsuper or row.rolbypassrls or row.owner:
            message = (
                f"The database role {row.current_user} would see past row-level security"
                " (superuser, BYPASSRLS or owner). Run `flask --app wsgi migrate`, or check DATABASE_URL."
            )
            raise RoleError(message)
