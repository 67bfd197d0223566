"""Tell whether nobody stands behind an order: its buyer was erased, or was never known."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.customers.models import Customer
from app.kit.work import hold
from app.orders.models import Order


def is_nobodys(session: Session, order: Order) -> bool:
    """Say whether nobody living is known to have placed the order: then nothing is kept that would lead to them.

    A later order of an erased person hangs on no row at all, as one placed at a till without an address does.
    """
    if order.customer_id is None:
        return True
    customer = session.get(Customer, (order.shop_id, order.customer_id))
    if customer is not None:
        hold(session, customer)  # it is asked for again with every parcel
    return customer is None or customer.erased_at is not None
