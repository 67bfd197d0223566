"""A buyer says that it has not come: by a press, never by a look; nothing is asked until a report, or for a week."""

from datetime import timedelta

from sqlalchemy import delete, select, update

from app.flows.models import FollowUp
from app.flows.sending import drain
from app.kit.clock import business_now
from app.messages.models import Message, MessageItem
from app.orders.models import ArrivalDenial
from app.orders.parcels import Fulfillment
from tests.guard.crowd import asked_of


def about_to_be_asked(people):
    (mailed,) = asked_of(people, 1, 1)
    with people.work() as session:
        about = {"message_id": mailed.message_id, "item_kind": "order_line", "step": "product_help"}
        lines = [MessageItem(shop_id=people.id, item_id=line, **about) for line in mailed.lines]
        session.add_all(lines)
    return mailed


def test_a_look_changes_nothing_and_a_press_waits_a_week(wired, started, sink, web):
    mailed = about_to_be_asked(started)
    assert "It has not arrived yet" in web.get(mailed.review).get_data(as_text=True)
    web.get(f"{mailed.review}?not_arrived={mailed.lines[0]}")
    web.head(f"{mailed.review}?not_arrived={mailed.lines[0]}")
    assert started.rows(select(ArrivalDenial.id)) == []

    for _ in range(2):
        answer = web.post(mailed.review, data={"not_arrived": str(mailed.lines[0])})
        assert answer.status_code == 303
    assert "Thank you for saying so" in web.get(answer.headers["Location"]).get_data(as_text=True)
    assert len(started.rows(select(ArrivalDenial.id))) == 1
    with started.work() as session:
        session.execute(update(FollowUp).values(due_at=business_now(session), state="scheduled"))
    drain.drain(wired)
    assert sink.delivered == []
    (row,) = started.rows(select(FollowUp.reason, FollowUp.due_at).where(FollowUp.step == "review_request"))
    assert row.reason == "not_received"
    with started.work() as session:
        now = business_now(session)
    assert timedelta(days=6, hours=23) < row.due_at - now <= timedelta(days=7)


def test_a_report_after_the_press_ends_the_wait(wired, started, sink, web):
    mailed = about_to_be_asked(started)
    web.post(mailed.review, data={"not_arrived": str(mailed.lines[0])})
    with started.work() as session:
        session.execute(update(ArrivalDenial).values(said_at=business_now(session) - timedelta(days=9)))
        session.execute(update(Fulfillment).values(delivered_at=business_now(session) - timedelta(days=8)))
        session.execute(delete(MessageItem))
        session.execute(delete(Message).where(Message.id == mailed.message_id))
        session.execute(update(FollowUp).values(due_at=business_now(session), state="scheduled"))
    drain.drain(wired)
    assert sink.delivered
    (row,) = started.rows(select(FollowUp.outcome).where(FollowUp.step == "review_request"))
    assert row.outcome == "handed_over"


def test_a_line_of_somebody_else_cannot_be_denied(started, web):
    mailed, other = asked_of(started, 2, 1)
    answer = web.post(mailed.review, data={"not_arrived": str(other.lines[0])})
    assert answer.status_code == 422
    assert started.rows(select(ArrivalDenial.id)) == []
