"""What a merchant sees of the reading of their past: how far it is, that they may leave, and that it is over."""

import html
from datetime import timedelta

import pytest

from app.flows.syncing.importing import begin
from app.orders.imports import HistoryImport, ImportStage, ImportState
from tests.admin.test_look import admin, database
from tests.browser import look

__all__ = ["admin", "database"]

TOLD = "Reading your last two years: 12,400 of 41,000 orders, about 3 minutes left. You can leave this page."


def reads(merchant, **values):
    """Put the reading of the merchant's shop where a test wants it."""
    with merchant.work() as session:
        begin.begin(session, merchant.id)
    with merchant.work() as session:
        row = session.query(HistoryImport).one()
        for name, value in values.items():
            setattr(row, name, value)


def under_way(merchant):
    began = merchant.now - timedelta(seconds=37)
    reads(
        merchant, stage=ImportStage.ORDERS, is_whole=True, orders_total=41_000, orders_read=12_400, started_at=began
    )  # fmt: skip


def over(merchant, **more):
    reads(
        merchant, state=ImportState.DONE, stage=ImportStage.DETAILS, is_whole=True, orders_total=41_000,
        orders_read=41_000, read_at=merchant.now, **more,
    )  # fmt: skip


@pytest.mark.parametrize("path", ["/", "/settings", "/history"])
def test_the_page_says_how_far_it_is_and_asks_again_by_itself(merchant, path):
    under_way(merchant)
    page = merchant.fetch(path).text
    assert TOLD in page
    assert 'hx-get="/history" hx-trigger="every 3s"' in page


def test_once_over_it_says_so_and_asks_no_more(merchant):
    over(merchant)
    page = merchant.fetch("/history").text
    assert "Your last two years are read: 41,000 orders. Nobody was written to because of them." in page
    assert "hx-get" not in page
    assert "past orders" not in merchant.fetch("/").text
    assert "Your last two years are read" in merchant.fetch("/settings").text


def test_what_follows_in_the_background_is_said(merchant):
    over(merchant)
    reads(
        merchant, stage=ImportStage.DETAILS, read_at=merchant.now, orders_read=412, details_total=300, details_read=20
    )
    page = html.unescape(merchant.fetch("/history").text)
    assert "Your last 60 days are read: 412 orders." in page
    assert "Carriers' scans of 280 orders follow in the background." in page
    assert "Older orders need your leave and Shopify's." in page


def test_nothing_is_said_where_nothing_was_begun(merchant):
    assert merchant.fetch("/history").text == ""
    assert "past orders" not in merchant.fetch("/settings").text


@pytest.mark.browser
def test_it_looks_well_at_every_width(admin, open_page):
    merchant, address = admin
    merchant.order("Ana", sent=1)
    under_way(merchant)
    page = open_page()
    for name, path in (("first", ""), ("settings", "/settings")):
        page.goto(f"{address}{path}")
        page.frame_locator("#app").locator("#history").wait_for()
        look(page, f"past-orders-{name}")
    merchant.post("/start", shopify="no", include="yes")
    page.goto(address)
    page.frame_locator("#app").locator("#history").wait_for()
    look(page, "past-orders-home")
