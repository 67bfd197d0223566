"""Cancel an order that has not been shipped whole."""

from sqlalchemy.orm import Session

from devstore.clock.now import store_now
from devstore.state.models import Order
from devstore.world.find import lines_of
from devstore.world.refund import refund
from devstore.world.refused import Refused
from devstore.world.tell import tell_order

REASONS = ("customer", "declined", "fraud", "inventory", "staff", "other")


def cancel(session: Session, order: Order, reason: str = "customer", *, repay: bool = True) -> None:
    """Cancel, giving the money back unless told otherwise; announce orders/cancelled and orders/updated.

    Raises Refused when it is cancelled already, shipped, or the reason is none of Shopify's.
    """
    if reason not in REASONS:
        raise Refused("reason", f"Reason must be one of {', '.join(REASONS)}.")
    if order.cancelled_at is not None:
        raise Refused("order", f"{order.name} is cancelled already.")
    if order.fulfillment_status is not None:
        raise Refused("order", f"{order.name} has been shipped. Refund it or open a return instead.")
    now = store_now(session)
    order.cancelled_at, order.cancel_reason, order.closed_at = now, reason, now
    if order.paid_at is None:
        order.financial_status = "voided"
        for line in lines_of(session, order):
            line.current_quantity = 0
    elif repay and order.financial_status != "refunded":
        refund(session, order, note="Order cancelled", restock=True)
    tell_order(session, order, "orders/cancelled", "orders/updated")
