"""Say why nothing is planned for a person, so that an empty place is never a riddle."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.flows.facts.published import is_running
from app.flows.models import Enrollment
from app.flows.pages.people.entries import Whose
from app.orders.models import Order
from app.orders.parcels import Fulfillment


def nothing_planned(session: Session, whose: Whose) -> str:
    """Return the sentence for somebody for whom no follow-up waits."""
    shop_id, customer = whose.shop_id, whose.customer
    if customer is not None and customer.erased_at is not None:
        return "Nothing is planned, and nothing will be: this person was erased."
    if customer is not None and customer.merged_into is not None:
        return "Nothing is planned here: it goes on with the customer this one was merged into."
    if session.scalar(whose.orders().limit(1)) is None:
        return "Nothing is planned: there is no order yet. Messages are planned when one is placed."
    if not is_running(session):
        return "Nothing is planned: no flow is running. Messages are planned once you start."
    runs = select(Enrollment.order_id).where(Enrollment.shop_id == shop_id, Enrollment.order_id.in_(whose.orders()))
    if session.scalar(runs.limit(1)) is None:
        return "Nothing is planned: these orders were placed before you started, and were not included then."
    parcels = select(Fulfillment.order_id).where(
        Fulfillment.shop_id == shop_id, Fulfillment.order_id.in_(runs), Fulfillment.cancelled_at.is_(None)
    )
    unsent = session.scalar(
        select(Order.name)
        .where(Order.shop_id == shop_id, Order.id.in_(runs), Order.id.not_in(parcels))
        .where(Order.cancelled_at.is_(None), Order.deleted_at.is_(None))
        .order_by(Order.placed_at.desc())
        .limit(1)
    )
    if unsent is not None:
        return f"Nothing is planned yet. The next message is planned when a parcel of order {unsent} is sent."
    return "Nothing is planned: everything about these orders was sent or left out, as told below."
