"""Make one customer of two, as a merchant does who finds the same person twice."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from devstore.clock.now import store_now
from devstore.state.models import Customer, Order, Shop
from devstore.webhooks.announce import announce
from devstore.webhooks.payloads.customer import customer_body, merge_body
from devstore.world.refused import Refused


def merge_customers(session: Session, shop: Shop, gone: Customer, kept: Customer) -> None:
    """Give the orders of one customer to another and drop the first; tell customers/merge and customers/update.

    The customer who is kept keeps their own address and consent; what they lack, such as a phone, they take over.
    Raises Refused where it is one and the same.
    """
    if gone.id == kept.id:
        raise Refused("into", "A customer cannot be merged into themselves.")
    now = store_now(session)
    for name in ("email", "phone", "first_name", "last_name", "address"):
        if not getattr(kept, name):
            setattr(kept, name, getattr(gone, name))
    kept.tags = sorted({*kept.tags, *gone.tags})
    kept.last_order_id = max(filter(None, (kept.last_order_id, gone.last_order_id)), default=None)
    kept.updated_at = now
    session.execute(
        update(Order).where(Order.shop_id == shop.id, Order.customer_id == gone.id).values(customer_id=kept.id)
    )
    body = merge_body(gone, kept)
    session.delete(gone)
    session.flush()
    announce(session, shop, "customers/merge", body)
    announce(session, shop, "customers/update", customer_body(kept, shop))
