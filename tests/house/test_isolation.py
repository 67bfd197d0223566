"""Two shops, a row of each in every tenant table: what the app's role sees, changes and adds."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import (
    BigInteger,
    Boolean,
    Float,
    Integer,
    LargeBinary,
    Numeric,
    SmallInteger,
    Text,
    create_engine,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import ProgrammingError

from app import tables
from app.config import with_driver
from app.kit.db import Base, EnumText, UtcDateTime

OURS, THEIRS = 11, 22

assert tables  # every table registers itself on Base.metadata

TENANT_TABLES = sorted(table.name for table in Base.metadata.tables.values() if "shop_id" in table.c)


def a_value(column):
    """Return something the column takes."""
    kind = column.type
    if isinstance(kind, EnumText):
        return next(iter(kind.kind)).value
    if isinstance(kind, UtcDateTime):
        return datetime(2026, 1, 1, tzinfo=UTC)
    if isinstance(kind, JSONB):
        return {}
    for kinds, value in (
        ((BigInteger, Integer, SmallInteger, Numeric, Float), 1),
        ((Boolean,), False),
        ((LargeBinary,), b"x"),
        ((Text,), "x"),
    ):
        if isinstance(kind, kinds):
            return value
    return "2026-01-01"


def a_row(table, shop_id):
    """Return the columns of one row of a shop."""
    given = {column.name: a_value(column) for column in table.c if not column.nullable}
    return given | {"shop_id": shop_id} | ({"id": shop_id} if "id" in given else {})


def insert(connection, name, row):
    """Insert a row with an id of our choosing."""
    statement = (
        f'insert into "{name}" ({", ".join(f"{chr(34)}{column}{chr(34)}" for column in row)})'
        f" overriding system value values ({', '.join(f':{column}' for column in row)})"
    )
    known = Base.metadata.tables[name].insert().compile().binds.values()
    connection.execute(text(statement).bindparams(*[one for one in known if one.key in row]), row)


@pytest.fixture(scope="module")
def two_shops(cluster, tables_engine):
    """Fill every tenant table behind the back of policies and foreign keys; give an engine that works as the app."""
    database = tables_engine.url.database
    behind = create_engine(with_driver(cluster.superuser_url(database)))
    with behind.begin() as connection:
        connection.execute(text("set local session_replication_role = replica"))
        for name in TENANT_TABLES:
            for shop_id in (OURS, THEIRS):
                insert(connection, name, a_row(Base.metadata.tables[name], shop_id))
    as_app = create_engine(
        tables_engine.url, connect_args={"options": "-c role=welltimed_app"}, isolation_level="AUTOCOMMIT"
    )
    yield as_app
    as_app.dispose()
    with behind.begin() as connection:
        connection.execute(text("set local session_replication_role = replica"))
        for name in TENANT_TABLES:
            connection.execute(text(f'delete from "{name}"'))
    behind.dispose()


def shops_seen(engine, name, entered):
    with engine.connect() as connection:
        connection.execute(text("select set_config('app.shop_id', :shop, false)"), {"shop": entered})
        found = {shop for (shop,) in connection.execute(text(f'select shop_id from "{name}"'))}
        connection.execute(text("select set_config('app.shop_id', '', false)"))
    return found


def test_there_are_tenant_tables():
    assert len(TENANT_TABLES) > 20


@pytest.mark.parametrize("name", TENANT_TABLES)
def test_a_shop_sees_its_own_rows_alone_and_nobody_sees_any_without_one(two_shops, name):
    assert shops_seen(two_shops, name, "") == set()
    assert shops_seen(two_shops, name, str(OURS)) == {OURS}
    assert shops_seen(two_shops, name, str(THEIRS)) == {THEIRS}


@pytest.mark.parametrize("name", TENANT_TABLES)
def test_a_shop_changes_and_adds_nothing_of_anothers(two_shops, name):
    with two_shops.connect() as connection:
        connection.execute(text("select set_config('app.shop_id', :shop, false)"), {"shop": str(OURS)})
        theirs = {"shop": THEIRS}
        assert connection.execute(text(f'delete from "{name}" where shop_id = :shop'), theirs).rowcount == 0
        moved = text(f'update "{name}" set shop_id = :shop where shop_id = {OURS}')
        with pytest.raises(ProgrammingError, match=r"row-level security|is never changed|permission denied"):
            connection.execute(moved, theirs)
        another = a_row(Base.metadata.tables[name], THEIRS)
        with pytest.raises(ProgrammingError, match="row-level security"):
            insert(connection, name, another | ({"id": 33} if "id" in another else {}))
        connection.execute(text("select set_config('app.shop_id', '', false)"))
    assert shops_seen(two_shops, name, str(THEIRS)) == {THEIRS}
