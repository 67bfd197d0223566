"""One engine per database role. No engine connects before its first use."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Engine, create_engine, text

POOL_WAIT_S = 2  # a request that cannot get a connection by then is better answered 503 than kept waiting
CONNECT_WAIT_S = 3

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
        ingest=_engine(database_url, INGEST, pool_size, pre_ping=False),
    )


def _engine(url: str, role: str, pool_size: int, *, pre_ping: bool = True) -> Engine:
    return create_engine(
        url,
        connect_args={"options": f"-c role={role} -c timezone=UTC", "connect_timeout": CONNECT_WAIT_S},
        pool_pre_ping=pre_ping,  # without it a dead connection answers a webhook 503, and it comes again
        pool_timeout=POOL_WAIT_S,
        pool_size=pool_size,
        max_overflow=pool_size,
        hide_parameters=True,  # parameters hold addresses; they must not reach logs through an exception's text
    )


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
