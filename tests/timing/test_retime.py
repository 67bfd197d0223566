"""What is planned follows the shop's calendar, its clock and the world's zones."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from app.flows.facts.calendars import CalendarSetting
from app.flows.models import FollowUp, PlannedBy
from app.flows.planning.by_hand.pause import pause_all, resume
from app.flows.planning.by_hand.release import OnResume
from app.flows.planning.changed import retime
from app.shops.models import ShopProfile
from tests.admin.merchant import DAY

HOUR = timedelta(hours=1)


def due(merchant, step="review_request"):
    return sorted(row.due_at for row in merchant.plans(step).values())


def asked(merchant, *names):
    for name in names:
        merchant.order(name, placed=2, sent=2, arrived=0)


def keeps(merchant, **changes):
    with merchant.work() as session:
        return retime.save_calendar(session, CalendarSetting(**changes), by="user:7")


def test_a_blackout_says_what_it_moves_and_moves_it_and_back(running):
    asked(running, "Ana", "Bo")
    before, ends = due(running), [row.expires_at for row in running.plans("review_request").values()]
    closed = CalendarSetting(closed_days="2026-11-25/2026-11-30")
    with running.work() as session:
        foreseen = retime.foresee(session, closed)
    assert len(foreseen.moves) == 2
    assert due(running) == before
    done = keeps(running, closed_days="2026-11-25/2026-11-30")
    assert {at.date().isoformat() for at in due(running)} == {"2026-12-01"}
    assert [each.planned.due_at for each in done.moves] == [each.planned.due_at for each in foreseen.moves]
    longer = [row.expires_at for row in running.plans("review_request").values()]
    assert [after - first for first, after in zip(ends, longer, strict=True)] == [4 * DAY] * 2  # 27 to 30 do not age it
    keeps(running)
    assert due(running) == before


def test_what_would_be_too_old_by_then_is_counted_before(running):
    asked(running, "Ana")
    with running.work() as session:
        foreseen = retime.foresee(session, CalendarSetting(closed_days="2026-11-25/2027-03-30"))
    assert foreseen.too_old == len([each for each in foreseen.moves if each.row.step == "review_request"]) == 1


def test_a_long_plan_is_moved_in_the_background(running, wired, monkeypatch):
    asked(running, "Ana", "Bo", "Cy")
    before = due(running)
    monkeypatch.setattr(retime, "AT_ONCE", 2)
    assert keeps(running, closed_days="2026-11-25/2026-11-30") is None
    assert due(running) == before
    assert retime.retime_due(wired) == 1
    assert {at.date().isoformat() for at in due(running)} == {"2026-12-01"}
    assert retime.retime_due(wired) == 0


def test_a_shop_that_moves_takes_along_those_whose_address_tells_no_clock(running, wired):
    running.order("Ana", placed=2, sent=2, arrived=0, country=None)
    retime.retime_due(wired)
    (before,) = due(running)
    with running.work() as session:
        session.execute(update(ShopProfile).values(timezone="Pacific/Auckland"))
    assert retime.retime_due(wired) == 1
    ((row,),) = running.rows(select(FollowUp).where(FollowUp.step == "review_request"))
    assert row.zone == "Pacific/Auckland"
    assert row.due_at.astimezone(ZoneInfo("Pacific/Auckland")).hour == 9
    assert row.due_at != before


@pytest.mark.parametrize("package", ["_zones", "_holidays"])
def test_new_tables_of_zones_or_holidays_are_planned_by_once(running, wired, monkeypatch, package):
    asked(running, "Ana")
    assert retime.retime_due(wired) == 1  # nobody had noted anything yet
    assert retime.retime_due(wired) == 0
    right = due(running)
    with running.work() as session:  # as an older table would have had it: an hour off
        session.execute(update(FollowUp).where(FollowUp.step == "review_request").values(due_at=right[0] + HOUR))
    monkeypatch.setattr(retime, package, lambda: "2027.1")
    assert retime.retime_due(wired) == 1
    assert due(running) == right
    ((noted,),) = running.rows(select(PlannedBy))
    assert "2027.1" in {noted.zones, noted.holidays}


def test_what_a_resume_shifted_stays_shifted(running, wired):
    asked(running, "Ana")
    running.pass_time(days=7, hours=1)
    with running.work() as session:
        pause_all(session, by="user:7")
    running.pass_time(days=3)
    with running.work() as session:
        resume(session, OnResume.SHIFT, by="user:7")
    shifted = due(running)
    assert retime.retime_due(wired) == 1
    assert due(running) == shifted


def test_a_shop_with_nothing_planned_notes_that_it_looked(running, wired):
    assert retime.retime_due(wired) == 1
    ((noted,),) = running.rows(select(PlannedBy))
    assert noted.planned_at == running.now == datetime(2026, 11, 20, 12, tzinfo=UTC)
