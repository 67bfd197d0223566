"""Work out an order's shipping status from its lines, as Shopify shows it."""

from sqlalchemy.orm import Session

from devstore.clock.now import store_now
from devstore.state.models import Order
from devstore.world.find import lines_of


def settle(session: Session, order: Order) -> None:
    """Set fulfillment_status (null, partial, fulfilled), and close a paid order with nothing left to ship."""
    lines = lines_of(session, order)
    shipped = any(line.fulfilled_quantity for line in lines)
    left = any(line.fulfillable_quantity for line in lines)
    order.fulfillment_status = None if not shipped else "partial" if left else "fulfilled"
    if shipped and not left and order.paid_at is not None and order.closed_at is None:
        order.closed_at = store_now(session)
    elif left and order.cancelled_at is None:
        order.closed_at = None
