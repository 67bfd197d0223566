"""A line that a return let go has a run of its own: its message moves with calendars and versions like any other."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.flows.facts.calendars import CalendarSetting
from app.flows.models import Enrollment, FollowUp
from app.flows.planning.by_hand import edit
from app.flows.planning.changed import retime
from app.orders.reversals import ReturnCase, ReturnLine
from tests.admin.conftest import serve
from tests.timing.split import ASK, SplitOrder, live

__all__ = ["serve"]


@pytest.fixture
def let_go(running, serve):
    """Two things arrived, one was held by a return that was declined in the evening; its question is due at nine."""
    serve()
    order = SplitOrder(running, lines=2)
    parcel = order.ship(0, 1)
    running.pass_time(days=2)
    order.change(parcel, delivered_at=running.now, delivered_source="carrier_event")
    with running.work() as session:
        case = ReturnCase(
            shop_id=running.id, order_id=order.id, shopify_id=1, name="R1", status="open", opened_at=running.now,
            source_updated_at=running.now,
        )  # fmt: skip
        session.add(case)
        session.flush()
        session.add(ReturnLine(shop_id=running.id, return_case_id=case.id, order_line_id=order.lines[1], quantity=1))
        case_id = case.id
    live(running, days=9)
    running.pass_time(hours=10)
    with running.work() as session:
        session.get_one(ReturnCase, (running.id, case_id)).status = "declined"
    running.told(order.id)
    return running


def row_of(merchant):
    (found,) = merchant.rows(
        select(FollowUp).join(Enrollment, Enrollment.id == FollowUp.enrollment_id).where(
            Enrollment.subject_kind == "order_line", FollowUp.step == ASK
        )
    )  # fmt: skip
    return found[0]


def test_a_new_version_moves_it(let_go):
    before = row_of(let_go)
    assert before.state == "scheduled"
    with let_go.work() as session:
        foreseen = edit.foresee(session, ASK, {"delay_days": "20"})
    assert before.id in {each.row.id for each in foreseen.moves}
    with let_go.work() as session:
        edit.save_step(session, ASK, {"delay_days": "20"}, by="user:7")
    after = row_of(let_go)
    assert (after.due_at.date() - before.anchor_at.date()).days == 20


def test_a_calendar_moves_it(let_go):
    before = row_of(let_go)
    closed = CalendarSetting(closed_days=f"{before.due_at.date()}/{before.due_at.date() + timedelta(3)}")
    with let_go.work() as session:
        moved = retime.save_calendar(session, closed, by="user:7")
    assert before.id in {each.row.id for each in moved.moves}
    assert (row_of(let_go).due_at.date() - before.due_at.date()).days == 4
