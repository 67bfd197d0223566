"""Give the orders of a customer who was merged away to the one who was kept."""

from __future__ import annotations

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.customers.merge import CustomersMerged
from app.kit.work import entered_shop
from app.orders.models import Order


def customers_merged(session: Session, event: CustomersMerged) -> None:
    """Point the orders at the customer who was kept."""
    session.execute(
        update(Order)
        .where(Order.shop_id == entered_shop(session), Order.customer_id == event.gone_id)
        .values(customer_id=event.kept_id)
    )
