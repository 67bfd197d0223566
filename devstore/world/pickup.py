"""Hand goods over at the shop's own counter: show a fulfilment as ready to be picked up, as picked up, or as neither.

No carrier reports any of it, so there is no fulfilment event. The Admin API shows it (`displayStatus`); of the words
published for a webhook's `shipment_status` one is `ready_for_pickup`, and none says that it was picked up.
"""

from sqlalchemy.orm import Session

from devstore.clock.now import store_now
from devstore.state.models import Fulfillment, Order
from devstore.world.refused import Refused
from devstore.world.tell import tell_order, tell_parcel

STATUSES = ("ready_for_pickup", "picked_up", "none")


def show_pickup(session: Session, parcel: Fulfillment, status: str) -> None:
    """Set what is shown, `none` takes it back; announce fulfillments/update and orders/updated. Raises Refused."""
    if status not in STATUSES:
        raise Refused("status", f"Status must be one of {', '.join(STATUSES)}.")
    if parcel.status == "cancelled":
        raise Refused("fulfillment", "This parcel is cancelled.")
    if parcel.tracking_numbers:
        raise Refused("fulfillment", "This parcel is with a carrier.")
    parcel.shipment_status = None if status == "none" else status
    parcel.updated_at = store_now(session)
    order = session.get_one(Order, parcel.order_id)
    tell_parcel(session, order, parcel, "fulfillments/update")
    tell_order(session, order, "orders/updated")
