"""Quiet times as a merchant sees them, at the widths they have, inside the store's admin."""

import pytest

from app.flows.facts.calendars import CalendarSetting, SeasonSetting
from app.shops.settings import save
from tests.admin.conftest import clock
from tests.admin.test_look import admin, database, opened
from tests.admin_people import stories
from tests.browser import look

__all__ = ["admin", "clock", "database"]

pytestmark = pytest.mark.browser


def test_quiet_times_at_every_width_and_what_a_change_moves(admin, open_page):
    merchant, address = admin
    stories.starts(merchant)
    merchant.order("Ana", placed=0, sent=0, arrived=0)
    with merchant.work() as session:
        closed = "--12-24/--01-02 2026-11-24/2026-11-26"
        save(session, CalendarSetting("21:00", "08:00", closed, holidays_closed=True), by="user:7")
    page, view = opened(open_page, address, "/settings/calendar")
    look(page, "quiet-times")
    first = view.locator("s-date-field[name=first] input").nth(1)
    first.fill("2026-11-22")
    first.blur()
    view.get_by_text("move", exact=False).first.wait_for()
    look(page, "quiet-times-moves")


def test_seasons_at_every_width_and_a_row_that_is_wrong(admin, open_page):
    merchant, address = admin
    with merchant.work() as session:
        save(session, SeasonSetting("11-15/01-06 Winter\n06-01/08-31 Summer"), by="user:7")
    page, view = opened(open_page, address, "/settings/seasons")
    view.get_by_text("Today it is Winter.").wait_for()
    look(page, "seasons")
    view.locator("s-text-field[name=name] input").nth(1).fill("winter")
    view.get_by_role("button", name="Save").last.click()
    view.get_by_text("There is a season called Winter already.").first.wait_for()
    look(page, "seasons-wrong")
    page, view = opened(open_page, address, "/settings")
    view.get_by_text("Winter: 15 November to 6 January.").wait_for()
    look(page, "seasons-in-settings")
