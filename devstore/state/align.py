"""Bring the tables of an older dev store into today's shape, so that a demo survives an update."""

from sqlalchemy import Column, Connection, Dialect, inspect, text
from sqlalchemy.dialects import postgresql

from devstore.state.base import metadata

# What a new column that may not be null holds in rows from before.
BLANKS = {"TEXT": "''", "BIGINT": "0", "BOOLEAN": "false", "JSONB": "'[]'", "DOUBLE PRECISION": "0", "BYTEA": "''"}
NOW = "now()"
DIALECT: Dialect = postgresql.dialect()  # type: ignore[no-untyped-call]


def align_tables(connection: Connection) -> None:
    """Add the columns that are missing and drop those nobody reads; whole tables are `create_all`'s work."""
    inspector = inspect(connection)
    for table in metadata.sorted_tables:
        if not inspector.has_table(table.name):
            continue
        found = {column["name"] for column in inspector.get_columns(table.name)}
        for column in table.columns:
            if column.name not in found:
                connection.execute(text(f'ALTER TABLE "{table.name}" ADD COLUMN {_written(column)}'))
        for name in found - {column.name for column in table.columns}:
            connection.execute(text(f'ALTER TABLE "{table.name}" DROP COLUMN "{name}"'))


def _written(column: Column[object]) -> str:
    kind = column.type.compile(DIALECT)
    blank = "" if column.nullable else f" NOT NULL DEFAULT {BLANKS.get(kind, NOW)}"
    return f'"{column.name}" {kind}{blank}'
