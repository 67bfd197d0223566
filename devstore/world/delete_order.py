"""Delete an order, as a merchant may once it is cancelled or was a test."""

from sqlalchemy.orm import Session

from devstore.state.models import Order, Shop
from devstore.webhooks.announce import announce


def delete_order(session: Session, order: Order) -> None:
    """Remove the order and all that hangs on it; announce orders/delete, which carries the id alone."""
    shop = session.get_one(Shop, order.shop_id)
    number = order.id
    session.delete(order)
    session.flush()
    announce(session, shop, "orders/delete", {"id": number})
