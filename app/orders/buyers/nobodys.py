"""Tell whether nobody stands behind an order: its buyer was erased, or was never known."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, bindparam, select
from sqlalchemy.orm import Session

from app.customers.models import Customer
from app.kit.rows.once import once
from app.kit.rows.question import SHOP, Question, ask
from app.orders.models import Order

LIVING: Final = Question(
    select(Customer.id).where(
        Customer.shop_id == SHOP,
        Customer.id == bindparam("customer", type_=BigInteger),
        Customer.erased_at.is_(None),
    )
)


def is_nobodys(session: Session, order: Order) -> bool:
    """Say whether nobody living is known to have placed the order: then nothing is kept that would lead to them.

    A later order of an erased person hangs on no row at all, as one placed at a till without an address does.
    """
    if order.customer_id is None:
        return True
    about = {"customer": order.customer_id}
    (living,) = once(session, (LIVING, order.customer_id), lambda: ask(session, (LIVING, about)))
    return not living
