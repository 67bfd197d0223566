"""What happens to a person in these tests: mails that went out, stops, answers; and what a page says of it."""

import re
from datetime import timedelta
from html import unescape

from sqlalchemy import select

from app.customers.consent import state_consent
from app.customers.models import Customer, SuppressionScope
from app.customers.suppress import suppress
from app.flows.facts import published
from app.flows.facts.gather import gather
from app.flows.models import FlowState, FollowUp
from app.flows.planning.record_decision import record
from app.flows.rules.guard import decide
from app.flows.timing.limits import Limits
from app.kit.signing import new_public_id
from app.messages.models import Message, MessageEvent, MessageState
from app.orders.models import Order, OrderLine
from app.reviews.page.forms import ReviewDraft
from app.reviews.page.submit import Writer, submit

BLANK = re.compile(r"\s+")
TAG = re.compile(r"<[^>]*>")
HEADING = re.compile(r"<s-[^>]*\bheading=\"([^\"]*)\"[^>]*>")


def words(page):
    """What a page says, its headings among them and its tags left out."""
    return BLANK.sub(" ", unescape(TAG.sub(" ", HEADING.sub(r" \1 ", page))))


def starts(merchant):
    """Run both flows, with everything that is not older than a fortnight."""
    with merchant.work() as session:
        for flow in published.flows(session).values():
            flow.state, flow.started_at = FlowState.RUNNING, merchant.now
            flow.include_from = merchant.now - timedelta(days=14)


def person_of(merchant, order_id):
    with merchant.work() as session:
        return session.get_one(Order, (merchant.id, order_id)).customer_id


def is_called(merchant, order_id, first, last):
    with merchant.work() as session:
        customer = session.get_one(Customer, (merchant.id, session.get_one(Order, (merchant.id, order_id)).customer_id))
        customer.first_name, customer.last_name = first, last


def row_of(merchant, order_id, step):
    with merchant.work() as session:
        return session.scalars(
            select(FollowUp).where(
                FollowUp.shop_id == merchant.id, FollowUp.order_id == order_id, FollowUp.step == step
            )
        ).one()


def decides(merchant, order_id, step):
    """Look at one planned message as the drain does, and keep what comes out."""
    row = row_of(merchant, order_id, step)
    with merchant.work() as session:
        (one,) = gather(session, [row.id])
        verdict = decide(one.facts, Limits(), merchant.now)
        record(session, one.follow_up, one.facts, verdict, merchant.now)
        return verdict


def sends(merchant, order_id, step, state=MessageState.ACCEPTED, subject="Your kettle arrived"):
    """Hand one planned message over, as the outbox leaves it; return the message's id."""
    decides(merchant, order_id, step)
    row_id = row_of(merchant, order_id, step).id
    with merchant.work() as session:
        row = session.get_one(FollowUp, (merchant.id, row_id))
        order = session.get_one(Order, (merchant.id, order_id))
        message = Message(
            shop_id=merchant.id, follow_up_id=row.id, order_id=order.id, customer_id=order.customer_id,
            public_id=new_public_id(), step=step, message_class="transactional", recipient=order.email, locale="en",
            subject=subject, state=state, created_at=merchant.now,
            accepted_at=merchant.now if state is MessageState.ACCEPTED else None,
        )  # fmt: skip
        session.add(message)
        session.flush()
        row.state, row.outcome, row.reason, row.done_at, row.message_id = (
            "done", "handed_over", None, merchant.now, message.id,
        )  # fmt: skip
        return message.id


def opens(merchant, message_id, grade, times=1, kind="click"):
    with merchant.work() as session:
        session.add_all(
            MessageEvent(
                shop_id=merchant.id, message_id=message_id, kind=kind, grade=grade, target="review",
                source_key=f"{grade}{kind}{n}", happened_at=merchant.now,
            )
            for n in range(times)
        )  # fmt: skip


def reviews(merchant, order_id, stars, body, name="Ana"):
    with merchant.work() as session:
        order = session.get_one(Order, (merchant.id, order_id))
        line = session.scalars(
            select(OrderLine).where(OrderLine.shop_id == merchant.id, OrderLine.order_id == order_id)
        ).first()
        (review,) = submit(
            session, order, [ReviewDraft(line.id, stars, body, name)], Writer(order.customer_id, name, "en")
        )
        return review.id


def agrees(merchant, order_id, state="subscribed", source="shopify_customer"):
    with merchant.work() as session:
        customer = session.get_one(Order, (merchant.id, order_id)).customer_id
        state_consent(session, customer, state=state, source=source, happened_at=merchant.now, received_at=merchant.now)


def bounces(merchant, order_id, said="550 5.1.1 no such user"):
    with merchant.work() as session:
        address = session.get_one(Order, (merchant.id, order_id)).email
        suppress(session, address, scope=SuppressionScope.ADDRESS, reason="hard_bounce", at=merchant.now, detail=said)


def erases(merchant, order_id):
    from app.customers.erase import forget_customer

    with merchant.work() as session:
        order = session.get_one(Order, (merchant.id, order_id))
        customer = session.get_one(Customer, (merchant.id, order.customer_id))
        forget_customer(session, customer.shopify_id, at=merchant.now)
