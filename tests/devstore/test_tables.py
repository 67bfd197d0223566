"""The tables of an older dev store are brought up to date without losing what is in them."""

from sqlalchemy import text

from devstore.state.engine import create_tables, unit_of_work
from devstore.state.models import Customer, Mail


def test_an_older_table_gains_and_loses_columns_and_keeps_its_rows(store):
    with unit_of_work() as session:
        before = session.query(Customer).count()
        session.execute(text("ALTER TABLE customer DROP COLUMN open_tracking, DROP COLUMN note, DROP COLUMN tags"))
        session.execute(text("ALTER TABLE mail ADD COLUMN html text NOT NULL DEFAULT 'x'"))
        session.execute(text("ALTER TABLE mail ALTER COLUMN html DROP DEFAULT"))
    create_tables()
    with unit_of_work() as session:
        one = session.query(Customer).order_by(Customer.id).first()
        assert (one.open_tracking, one.note, one.tags) == ("", None, [])
        assert session.query(Customer).count() == before
        assert session.query(Mail).count() == 0


def test_making_tables_twice_changes_nothing(store):
    create_tables()
    create_tables()
    assert store.get("/api/health").json["shops"] == 2
