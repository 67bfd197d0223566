"""Mail to one address is decided by one at a time, whoever of ours the address belongs to by then."""

import psycopg
import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DBAPIError

from app.customers.models import Customer
from app.customers.suppress import lock_person
from app.flows.models import FollowUp
from app.flows.sending.lock_group import LOCKS
from app.kit.clock import business_now
from app.kit.events import emit
from app.kit.rows.one_trip import one_trip
from app.kit.work import entered_shop
from app.orders.models import Order
from app.orders.record.told import OrderChanged
from tests.shopper.test_unsubscribe_race import started  # noqa: F401 - a fixture

SHARED = "shared@example.com"


@pytest.fixture
def follow_ups(started):  # noqa: F811
    """One message each about two orders to one address, of two people of whom neither has that address."""
    with started.work() as session:
        now = business_now(session)
        for _ in range(2):
            mailed = started.put(
                session, ("Harbour kettle",), now, step="product_help", asked=False, order_email=SHARED
            )
            emit(session, OrderChanged(mailed.order_id))
        session.execute(delete(FollowUp).where(FollowUp.step != "review_request"))
        session.execute(update(FollowUp).values(state="claimed"))
        assert session.scalars(select(Order.email).distinct()).all() == [SHARED]
        assert len(set(session.scalars(select(Order.customer_id)))) == 2
        assert not session.scalars(select(Customer.id).where(Customer.email == SHARED)).all()
        return session.scalars(select(FollowUp.id).order_by(FollowUp.id)).all()


def hold(session, follow_up):
    one_trip(session, [(sql, {"shop": entered_shop(session), "ids": [follow_up]}) for sql in LOCKS])


def refuses_to_wait(session):
    session.execute(text("set local lock_timeout = '200ms'"))
    return pytest.raises(DBAPIError, check=lambda fault: isinstance(fault.orig, psycopg.errors.LockNotAvailable))


def test_two_hand_offs_to_it_wait_for_each_other(started, follow_ups):  # noqa: F811
    first, second = follow_ups
    with started.work() as one, started.work() as other:
        hold(one, first)
        with refuses_to_wait(other):
            hold(other, second)


def test_who_stops_mail_to_it_waits_for_a_hand_off_to_it(started, follow_ups):  # noqa: F811
    with started.work() as one, started.work() as other:
        hold(one, follow_ups[0])
        with refuses_to_wait(other):
            lock_person(other, SHARED)


def test_a_hand_off_to_it_waits_for_who_stops_mail_to_it(started, follow_ups):  # noqa: F811
    with started.work() as one, started.work() as other:
        lock_person(one, SHARED)
        with refuses_to_wait(other):
            hold(other, follow_ups[0])


def test_mail_to_others_waits_for_nobody(started, follow_ups):  # noqa: F811
    with started.work() as session:
        session.execute(
            update(Order)
            .where(Order.id == select(Order.id).order_by(Order.id).limit(1).scalar_subquery())
            .values(email="other@example.com")
        )
    with started.work() as one, started.work() as other:
        hold(one, follow_ups[0])
        hold(other, follow_ups[1])
