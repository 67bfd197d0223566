"""The promises of the tables, read from a migrated database: tenancy above all."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from app import tables
from app.kit.db import Base
from tests.house.conftest import alembic_config

# The tables without row-level security, all of them: none holds anything of a shopper's in the
# clear but the two inboxes, which are read by the system role alone.
PLATFORM = {
    "shop",
    "webhook_inbox",
    "slow_shop",
    "hit_inbox",
    "oauth_state",
    "periodic_job",
    "clock_offset",
    "closed_channel",
    "heartbeat",
    "epoch",
    "restoration",
    "halt",
    "logged_mail",
    "alembic_version",
}

assert tables  # every table registers itself on Base.metadata


def rows(engine, sql):
    with engine.connect() as connection:
        return connection.execute(text(sql)).all()


def test_there_is_one_head():
    assert len(ScriptDirectory.from_config(alembic_config()).get_heads()) == 1


def test_the_migrations_make_exactly_the_tables_of_the_models(tables_engine):
    with tables_engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_the_models_are_compared_at_all(tables_engine):
    with tables_engine.begin() as connection:
        connection.execute(text("create table planted (id int)"))
        try:
            context = MigrationContext.configure(connection)
            assert compare_metadata(context, Base.metadata)
        finally:
            connection.execute(text("drop table planted"))


def test_the_tables_without_row_level_security_are_those_listed(tables_engine):
    found = rows(
        tables_engine,
        "select relname from pg_class where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace"
        " and not (relrowsecurity and relforcerowsecurity)",
    )
    assert {name for (name,) in found} == PLATFORM


def test_a_table_is_protected_exactly_when_it_belongs_to_a_shop(tables_engine):
    inspector = inspect(tables_engine)
    for table in inspector.get_table_names():
        owned = "shop_id" in {column["name"] for column in inspector.get_columns(table)}
        assert owned == (table not in PLATFORM), table


def test_every_tenant_table_has_the_two_policies_and_no_other(tables_engine):
    found = {}
    sql = "select tablename, policyname, permissive, roles::text, cmd, qual, with_check from pg_policies"
    for table, *policy in rows(tables_engine, sql):
        found.setdefault(table, []).append(policy)
    assert set(found) == set(inspect(tables_engine).get_table_names()) - PLATFORM
    for table, policies in found.items():
        (one, every) = sorted(policies, key=lambda policy: policy[0], reverse=True)
        assert one[:4] == ["one_shop", "PERMISSIVE", "{welltimed_app}", "ALL"], table
        assert "app.shop_id" in one[4], table
        assert one[4] == one[5], table
        assert every == ["every_shop", "PERMISSIVE", "{welltimed_system}", "ALL", "true", "true"], table


def test_the_shop_comes_first_in_every_key_of_a_tenant_table(tables_engine):
    inspector = inspect(tables_engine)
    wrong = []
    for table in set(inspector.get_table_names()) - PLATFORM:
        keys = [inspector.get_pk_constraint(table)["constrained_columns"]]
        keys += [unique["column_names"] for unique in inspector.get_unique_constraints(table)]
        keys += [index["column_names"] for index in inspector.get_indexes(table) if index["unique"]]
        keys += [key["constrained_columns"] for key in inspector.get_foreign_keys(table)]
        wrong += [(table, key) for key in keys if not key or key[0] != "shop_id"]
    assert wrong == []


def test_a_foreign_key_never_crosses_shops(tables_engine):
    inspector = inspect(tables_engine)
    for table in set(inspector.get_table_names()) - PLATFORM:
        for key in inspector.get_foreign_keys(table):
            target = (key["referred_table"], key["referred_columns"][0])
            assert target[1] == ("id" if target[0] == "shop" else "shop_id"), (table, key)


@pytest.mark.parametrize("role", ["welltimed_app", "welltimed_system", "welltimed_ingest"])
def test_no_role_of_the_app_sees_past_the_policies(tables_engine, role):
    ((superuser, bypass, login, creates),) = rows(
        tables_engine,
        f"select rolsuper, rolbypassrls, rolcanlogin, rolcreaterole from pg_roles where rolname = '{role}'",
    )
    assert (superuser, bypass, login, creates) == (False, False, False, False)
    assert rows(tables_engine, f"select 1 from pg_tables where tableowner = '{role}'") == []


def test_the_receiving_role_may_only_append_to_the_inboxes(tables_engine):
    found = rows(
        tables_engine,
        "select table_name, privilege_type from information_schema.role_table_grants"
        " where grantee = 'welltimed_ingest' order by 1",
    )
    assert [tuple(row) for row in found] == [("hit_inbox", "INSERT"), ("webhook_inbox", "INSERT")]
