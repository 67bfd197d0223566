"""A row is made once, and stands in the session as it stands in the database."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from sqlalchemy import inspect

from app.catalog.models import Product
from app.kit.rows.upsert import change, find_or_make, make
from app.kit.work import enter_shop, unit_of_work
from app.orders.models import Order
from app.shops.install import ensure_installed

NOW = datetime(2026, 11, 20, 10, 30, 5, 120, UTC)
PRODUCT = {"title": 'Kettle "Harbour" \\', "handle": "kettle", "status": "active", "source_updated_at": NOW}
ORDER = {
    "name": "#1402",
    "currency": "GBP",
    "total": Decimal("64.5"),
    "placed_at": NOW,
    "source_updated_at": NOW,
    "email_withheld": True,
}
ROWS = [(Product, PRODUCT), (Order, ORDER)]


@pytest.fixture
def shop(wired):
    with unit_of_work(wired) as session:
        return ensure_installed(session, "kiln-and-kettle.myshopify.com").id


def columns(row):
    return {name: getattr(row, name) for name in inspect(type(row)).columns.keys()}  # noqa: SIM118 - no mapping


@pytest.mark.parametrize(("kind", "first"), ROWS)
def test_what_is_made_stands_as_it_is_read(wired, shop, kind, first):
    key = {"shop_id": shop, "shopify_id": 7}
    with unit_of_work(wired, shop_id=shop) as session:
        row, made = find_or_make(session, kind, key, first)
        assert made
        assert not session.dirty
        held = columns(row)
    with unit_of_work(wired, shop_id=shop) as session:
        row, made = find_or_make(session, kind, key, {})
        assert not made
        assert columns(row) == held
        assert {name: held[name] for name in first} == first


def test_a_row_somebody_else_has_made_is_not_made_again(wired, shop):
    values = PRODUCT | {"shop_id": shop, "shopify_id": 7}
    with unit_of_work(wired, shop_id=shop) as session:
        assert make(session, Product, values) is not None
        assert make(session, Product, values | {"title": "Other"}) is None


def test_what_changes_is_written_and_what_does_not_is_not_touched(wired, shop):
    with unit_of_work(wired) as session:
        enter_shop(session, shop)
        row, _ = find_or_make(session, Product, {"shop_id": shop, "shopify_id": 7}, PRODUCT)
        change(row, PRODUCT)
        assert not inspect(row).modified
        change(row, {"title": "Kettle", "tags": "new"})
    with unit_of_work(wired, shop_id=shop) as session:
        row, _ = find_or_make(session, Product, {"shop_id": shop, "shopify_id": 7}, {})
        assert (row.title, row.tags) == ("Kettle", "new")
