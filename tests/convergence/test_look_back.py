"""A campaign over imported history, from the file of past orders to the mails the listener accepted."""

from collections import Counter

from sqlalchemy import func, select

from app.flows.models import Enrollment, Flow
from app.flows.planning.by_hand.start import Choice, start
from app.flows.planning.look_back import campaign
from app.messages.models import Message
from app.orders.models import Order
from tests.convergence.test_history import past, read_all

__all__ = ["past"]

CAP = 2
DAYS = 2


def test_imported_orders_are_asked_about_a_few_a_day_and_nobody_twice(past):
    shop_id = read_all(past)
    past.reconcile(shop_id)
    with past.work_in_shop(shop_id) as session:
        assert start(session, Choice(), by="merchant")
        campaign.begin(session, months=6, daily_cap=CAP, by="merchant")
    for _ in range(DAYS):
        campaign.recruit(past.wired)
        for _ in range(4):
            past.move(hours=6)
            past.drain()
    with past.work_in_shop(shop_id) as session:
        flow = select(Flow.id).where(Flow.key == "look_back").scalar_subquery()
        days = session.execute(
            select(func.date(Enrollment.entered_at), func.count())
            .where(Enrollment.flow_id == flow)
            .group_by(func.date(Enrollment.entered_at))
        ).all()
        told = session.scalars(select(Message).where(Message.step == "review_request_past")).all()
        asked_about = [one.order_id for one in told]
        buyers = Counter(session.scalars(select(Order.customer_id).where(Order.id.in_(asked_about))))
        others = session.scalar(select(func.count()).where(Message.step != "review_request_past"))
    assert len(days) == DAYS
    assert all(count == CAP for _, count in days)
    accepted = {line["message_id"].strip("<>").partition("@")[0] for line in past.sink()}
    assert accepted
    assert accepted <= {one.public_id for one in told}
    assert len(accepted) <= DAYS * CAP
    assert set(buyers.values()) == {1}
    assert others == 0
