"""Ask whether the roles the program works as may do what they should, and no more."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import bindparam, text

from app.commands.health.finding import Finding, well, wrong
from app.kit import engines
from app.kit.db import Base
from app.kit.runtime import Runtime
from app.kit.work import unit_of_work

ABOUT = "rights"
REMEDY = "Run `flask --app wsgi migrate`; after a restore, see docs/operations.md, Backups."
OPEN = text(
    "select relname from pg_class where relnamespace = current_schema()::regnamespace and relname = any(:tables)"
    " and not (relrowsecurity and relforcerowsecurity) order by relname"
)
MAY_CHANGE = text(
    "select t from unnest(cast(:tables as text[])) t where has_table_privilege(current_user, quote_ident(t), 'update')"
    " order by t"
)


def check(runtime: Runtime) -> Iterator[Finding]:
    """Tell whether the roles see past row-level security, whether it is on, and whether what is kept can be changed."""
    try:
        engines.refuse_powerful_roles(runtime.engines)
        yield well(ABOUT, "no role sees past row-level security")
    except engines.RoleError as problem:
        yield wrong(ABOUT, str(problem), "Web, workers and ticker do not start like this.")
    tables = Base.metadata.tables.values()
    owned = [table.name for table in tables if "shop_id" in table.c]
    kept = [table.name for table in tables if table.info.get("as_written")]
    with unit_of_work(runtime) as session:
        unguarded = session.scalars(OPEN.bindparams(bindparam("tables", owned))).all()
        changeable = session.scalars(MAY_CHANGE.bindparams(bindparam("tables", kept))).all()
    if unguarded:
        yield wrong(ABOUT, f"row-level security is off for {', '.join(unguarded)}", REMEDY)
    else:
        yield well(ABOUT, f"row-level security is on for all {len(owned)} tables of shops")
    if changeable:
        yield wrong(ABOUT, f"what is to stay as written could be changed: {', '.join(changeable)}", REMEDY)
    else:
        yield well(ABOUT, f"the {len(kept)} tables that stay as written cannot be changed")
