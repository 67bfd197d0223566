"""The first page tells silence: what was not sent, what waits, what would not be sent; each with its reason."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.flows.models import FollowUp, FollowUpState
from app.orders.models import OrderLine
from app.orders.parcels import Fulfillment


@pytest.fixture
def running(merchant):
    assert merchant.post("/start").headers["Location"] == "/started"
    return merchant


def sent_now(merchant, name, **facts):
    return merchant.order(name, placed=0, sent=0, **facts)


def change_parcel(merchant, order_id, **facts):
    with merchant.work() as session:
        session.execute(update(Fulfillment).where(Fulfillment.order_id == order_id).values(**facts))
    merchant.told(order_id)


def delivered(merchant, name, **facts):
    """Return an order sent and delivered just now: its review request is due in seven days, and so foreseen."""
    order_id = sent_now(merchant, name, **facts)
    change_parcel(merchant, order_id, delivered_at=merchant.now, delivered_source="carrier_event")
    merchant.pass_time(days=1)
    return order_id


def test_nothing_silent_shows_nothing(running):
    assert "not sent or waiting" not in running.open("/").text
    assert "None. Everything planned goes out." in running.open("/not-sent").text


def test_a_person_who_has_not_agreed_is_told_before_the_day_comes(running):
    delivered(running, "Bernd", country="DE")
    page = running.open("/").text
    assert "1 message not sent or waiting" in page
    assert "In Germany a review request counts as advertising, and Bernd has not agreed." in page


def test_a_parcel_nobody_will_report_is_asked_about_at_the_latest_by_a_day(running):
    untracked = {"tracking_company": None, "tracking_number": None, "tracking_url": None}
    change_parcel(running, sent_now(running, "Farid"), **untracked)
    assert "Farid: no tracking, asked by" in running.open("/not-sent").text


def test_what_was_left_out_shows_its_reason_and_what_the_merchant_left_out_does_not(running):
    order_id = delivered(running, "Chloe")
    rows = {row.step: row.id for (row,) in running.rows(select(FollowUp).where(FollowUp.order_id == order_id))}
    with running.work() as session:
        session.execute(update(OrderLine).where(OrderLine.order_id == order_id).values(current_quantity=0))
        for step, reason in (("review_request", "items_removed"), ("product_help", "skipped_by_merchant")):
            session.execute(
                update(FollowUp)
                .where(FollowUp.id == rows[step])
                .values(state=FollowUpState.DONE, outcome="skipped", reason=reason, done_at=running.now)
            )
    page = running.open("/not-sent").text
    assert "Chloe: not asked, everything this was about was taken off the order." in page
    assert "you left this one out" not in page


def test_the_first_lines_differ_in_their_reason(running):
    for n in range(7):
        delivered(running, f"Bernd{n}", country="DE")
    order_id = delivered(running, "Chloe")
    with running.work() as session:
        session.execute(update(OrderLine).where(OrderLine.order_id == order_id).values(current_quantity=0))
    page = running.open("/").text
    assert "Chloe: not " in page
    assert "See all" in page
    assert running.open("/not-sent").text.count("has not agreed") == 7


def test_what_waits_for_something_is_not_told_as_going_out(running):
    order_id = delivered(running, "Emi")
    with running.work() as session:
        session.execute(
            update(FollowUp)
            .where(FollowUp.order_id == order_id, FollowUp.state != FollowUpState.DONE)
            .values(due_at=running.now + timedelta(hours=5), reason="return_open")
        )
    page = running.open("/").text
    assert "None sent yet today. The next message goes out once" in page
    assert "not sent or waiting" in page
    assert "Skip: Emi" not in page


def test_another_shops_silence_is_never_shown(running, neighbour):
    delivered(running, "Bernd", country="DE")
    assert "Bernd" in running.open("/not-sent").text
    assert "Bernd" not in neighbour.open("/not-sent").text
