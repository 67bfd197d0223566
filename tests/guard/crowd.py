"""Many requests due at once to a few people of one shop."""

from sqlalchemy import delete, update

from app.flows.models import FollowUp
from app.kit.clock import business_now
from app.kit.events import emit
from app.orders.models import Order
from app.orders.record.told import OrderChanged


def asked_of(people, persons, each, *, title="Harbour kettle"):
    """`each` orders of `persons` people, all about to be asked about now; every order of another product."""
    with people.work() as session:
        now = business_now(session)
        first = [
            people.put(session, (f"{title} 0",), now, step="product_help", asked=False, products=[900_000])
            for _ in range(persons)
        ]
        mails = list(first)
        for number in range(1, each):
            for one in first:
                more = people.put(
                    session, (f"{title} {number}",), now, step="product_help", asked=False, products=[900_000 + number]
                )
                theirs = session.get_one(Order, (people.id, one.order_id))
                row = session.get_one(Order, (people.id, more.order_id))
                row.customer_id, row.email = theirs.customer_id, theirs.email
                mails.append(more)
        session.flush()
        for mailed in mails:
            emit(session, OrderChanged(mailed.order_id))
        session.execute(delete(FollowUp).where(FollowUp.step != "review_request"))
        session.execute(update(FollowUp).values(due_at=now))
    return first
