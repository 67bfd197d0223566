"""Rows that stay as they were written: the roles the program works as may add them, and change none."""

import pytest
from sqlalchemy import Column, Identity, text
from sqlalchemy.exc import ProgrammingError

from app.kit.db import Base
from tests.house.test_isolation import OURS, TENANT_TABLES, a_row, insert, two_shops  # noqa: F401 - a fixture

AS_WRITTEN = sorted(table.name for table in Base.metadata.tables.values() if table.info.get("as_written"))
# What erasing a person takes out of such a row; and the key retention locks rows by, which nothing can be written into.
MAY_CHANGE = {
    "welltimed_app": {("consent_entry", "ip_hash"), ("order_event", "changed")},
    "welltimed_system": {("order_event", "id"), ("decision", "id")},
}


def columns(name):
    return [each.name for each in Base.metadata.tables[name].c]


def test_these_are_the_tables_meant_to_stay():
    assert AS_WRITTEN == [
        "consent_entry", "decision", "deed", "flow_version", "order_event", "preference", "review_change",
        "shop_setting",
    ]  # fmt: skip


@pytest.mark.parametrize("name", TENANT_TABLES)
@pytest.mark.parametrize("role", MAY_CHANGE)
def test_a_role_may_change_no_column_of_them_but_those_named(tables_engine, role, name):
    with tables_engine.connect() as connection:
        may = {
            column
            for column in columns(name)
            if connection.scalar(
                text("select has_column_privilege(:role, :table, :column, 'update')"),
                {"role": role, "table": f'"{name}"', "column": column},
            )
        }
        whole = "select has_table_privilege(:role, :table, 'insert') and has_table_privilege(:role, :table, 'delete')"
        assert connection.scalar(text(whole), {"role": role, "table": f'"{name}"'})
    named = {column for table, column in MAY_CHANGE[role] if table == name}
    assert may == (named if name in AS_WRITTEN else set(columns(name)))


@pytest.mark.parametrize("name", AS_WRITTEN)
def test_the_app_is_refused_whatever_it_would_write(two_shops, name):  # noqa: F811 - the fixture above
    table = Base.metadata.tables[name]
    with two_shops.connect() as connection:
        connection.execute(text("select set_config('app.shop_id', :shop, false)"), {"shop": str(OURS)})
        before = connection.execute(text(f'select * from "{name}"')).all()
        assert before
        for column in table.c:
            if is_identity(column):
                continue
            with pytest.raises(ProgrammingError, match=r"permission denied|is never changed"):
                connection.execute(text(f'update "{name}" set "{column.name}" = {other(column)}'))
        assert connection.execute(text(f'select * from "{name}"')).all() == before
        connection.execute(text("select set_config('app.shop_id', '', false)"))


def is_identity(column: Column) -> bool:
    return isinstance(column.server_default, Identity)


def other(column):
    """Return the SQL of a value the row has not got."""
    kind = str(column.type.compile()).upper()
    if "JSON" in kind:
        return "'{\"other\": 1}'::jsonb"
    if "TIMESTAMP" in kind or "DATETIME" in kind:
        return "now()"
    return "'7'" if "INT" not in kind and "BOOL" not in kind else ("true" if "BOOL" in kind else "7")


@pytest.mark.parametrize(("role", "name"), [("welltimed_system", each) for each in ("order_event", "decision")])
def test_the_key_rows_are_locked_by_takes_no_value(tables_engine, role, name):
    with tables_engine.connect() as connection:
        connection.execute(text(f"set local role {role}"))
        with pytest.raises(ProgrammingError, match="can only be updated to DEFAULT"):
            connection.execute(text(f"update {name} set id = 7"))
