"""Run migrations as the owner: forward only, `lock_timeout` set, row-level security never silently in the way."""

import os

from alembic import context
from sqlalchemy import create_engine, text

from app import config, tables
from app.kit.db import Base, EnumText, UtcDateTime

assert tables  # noqa: S101 - imported for its effect: every table registers itself on Base.metadata

LOCK_TIMEOUT = "2s"  # a migration waits briefly for a lock, then gives way to the traffic it would block


def render_item(kind: str, item: object, _context: object) -> str | bool:
    """Write our column types as the plain types under them: a migration must outlive the app's classes."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, EnumText):
        return "sa.Text()"
    return False


def run() -> None:
    """Upgrade the database DATABASE_URL names (or the URL the caller set)."""
    url = context.config.get_main_option("sqlalchemy.url") or os.environ["DATABASE_URL"]
    # row_security=off raises where a policy would hide rows; without it a data change would silently touch none.
    engine = create_engine(
        config.with_driver(url),
        connect_args={"options": f"-c row_security=off -c timezone=UTC -c lock_timeout={LOCK_TIMEOUT}"},
    )
    try:
        with engine.connect() as connection:
            # Two starting machines must not migrate at once.
            connection.execute(text("select pg_advisory_lock(hashtext('welltimed.migrate'))"))
            connection.commit()
            context.configure(connection=connection, target_metadata=Base.metadata, render_item=render_item)
            with context.begin_transaction():
                context.run_migrations()
            connection.commit()
    finally:
        engine.dispose()  # also what it waited in line by: a failed one must not keep the next from beginning


run()
