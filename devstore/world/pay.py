"""Pay an order in full."""

from sqlalchemy.orm import Session

from devstore.clock.now import store_now
from devstore.state.models import Order
from devstore.world.refused import Refused
from devstore.world.tell import tell_order


def pay(session: Session, order: Order) -> None:
    """Take the money and announce orders/paid and orders/updated. Raises Refused when paid or cancelled."""
    if order.paid_at is not None:
        raise Refused("order", f"{order.name} is paid already.")
    if order.cancelled_at is not None:
        raise Refused("order", f"{order.name} is cancelled.")
    order.paid_at = store_now(session)
    order.financial_status = "paid"
    tell_order(session, order, "orders/paid", "orders/updated")
