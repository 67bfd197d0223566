"""Flows and reviews: a published one starts runs, and stars decide nothing before everybody can read them."""

import pytest
from sqlalchemy import select

from app.flows.models import Enrollment
from app.flows.planning.runs import look
from app.kit.events import emit
from app.orders.models import Order, OrderLine
from app.orders.record.told import OrderChanged
from app.reviews.desk import decide as decide_review
from app.reviews.models import Review
from app.reviews.states import ReviewState
from tests.admin.flow_documents import running, runs, send, wait


def reviewed(session, merchant, order, rating):
    """Keep a review of an order that waits to be published."""
    line = session.scalars(select(OrderLine).where(OrderLine.order_id == order)).one()
    customer = session.scalars(select(Order.customer_id).where(Order.id == order)).one()
    review = Review(
        shop_id=merchant.id, order_line_id=line.id, customer_id=customer, order_id=order, rating=rating,
        product_shopify_id=line.product_shopify_id, public_id=f"r{order}", name_shown="Ana", locale="en",
        state=ReviewState.PENDING, submitted_at=merchant.now,
    )  # fmt: skip
    session.add(review)
    session.flush()
    emit(session, OrderChanged(order))
    return review


def test_a_review_starts_a_run_once_it_is_published(merchant):
    running(merchant, on={"on": "review_published", "filter": {"fact": "lowest_rating", "op": "at_most", "value": 3}})
    order = merchant.order("Ana", placed=9, sent=8, arrived=5)
    with merchant.work() as session:
        review = reviewed(session, merchant, order, 2)
        assert session.scalars(select(Enrollment.id).where(Enrollment.subject_kind == "review")).all() == []
        decide_review.publish(session, review.id, by="user:7")
        decide_review.publish(session, review.id, by="user:7")
    (run,) = runs(merchant)
    assert (run.subject_kind, run.subject_id, run.ended_reason) == ("review", review.id, None)
    assert set(merchant.pending()) == {("#1401", "care_mail")}


@pytest.mark.parametrize(("rating", "publish"), [(1, False), (5, False), (1, True), (5, True)])
def test_the_stars_of_a_review_decide_nothing_before_it_is_published(merchant, rating, publish):
    unhappy = {"fact": "lowest_rating", "op": "at_most", "value": 3}
    running(
        merchant, wait("first", 2),
        {"type": "branch", "key": "stars", "if": unhappy, "then": [send("sorry")],
         "else": [{"type": "branch", "key": "happy", "if": {"not": unhappy}, "then": [send("gift")],
                   "else": [send("same_for_all")]}]},
    )  # fmt: skip
    order = merchant.order("Ana", placed=3, sent=2, arrived=0)
    with merchant.work() as session:
        review = reviewed(session, merchant, order, rating)
        if publish:
            decide_review.publish(session, review.id, by="user:7")
    merchant.pass_time(days=2)
    look.run_due(merchant.wired)
    told = ("sorry" if rating <= 3 else "gift") if publish else "same_for_all"
    assert set(merchant.pending()) == {("#1401", told)}
