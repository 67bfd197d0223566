"""Ship an order, whole or in part, with or without tracking; change or cancel a parcel."""

import secrets
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from devstore.clock.now import store_now
from devstore.state.models import Fulfillment, FulfillmentLine, LineItem, Order
from devstore.world.edit import pick_line
from devstore.world.find import lines_of
from devstore.world.refused import Refused
from devstore.world.status import settle
from devstore.world.tell import tell_order, tell_parcel

# Carriers that exist nowhere: nobody should look up a real parcel by a made-up number.
TRACKING_PAGE = "https://parcels.example.com/track/"


@dataclass(frozen=True)
class Tracking:
    """A carrier's name, and the parcel's number (made up where absent)."""

    company: str = "Example Post"
    number: str | None = None


def fulfil(
    session: Session,
    order: Order,
    *,
    lines: list[tuple[int | str, int]] | None = None,
    tracking: Tracking | None = None,
) -> Fulfillment:
    """Ship (line id, quantity) pairs, or all that is left; announce fulfillments/create, then orders/updated.

    Raises Refused when there is nothing left or a quantity does not fit.
    """
    if order.cancelled_at is not None:
        raise Refused("order", f"{order.name} is cancelled.")
    kept = lines_of(session, order)
    wanted = (
        [(line, line.fulfillable_quantity) for line in kept if line.fulfillable_quantity]
        if lines is None
        else [(pick_line(kept, key, "lines"), quantity) for key, quantity in lines]
    )
    if not wanted:
        raise Refused("lines", f"There is nothing left to ship on {order.name}.")
    parcel = _parcel(session, order, tracking)
    for line, quantity in wanted:
        _pack(session, parcel, line, quantity)
    settle(session, order)
    order.updated_at = parcel.created_at
    tell_parcel(session, order, parcel, "fulfillments/create")
    tell_order(session, order, "orders/updated")
    return parcel


def _parcel(session: Session, order: Order, tracking: Tracking | None) -> Fulfillment:
    now = store_now(session)
    before = session.scalar(select(func.max(Fulfillment.number)).where(Fulfillment.order_id == order.id))
    number = (tracking.number or f"EX{secrets.randbelow(10**9):09d}") if tracking else None
    parcel = Fulfillment(
        shop_id=order.shop_id,
        order_id=order.id,
        number=(before or 0) + 1,
        tracking_company=tracking.company if tracking else None,
        tracking_numbers=[number] if number else [],
        tracking_urls=[TRACKING_PAGE + number] if number else [],
        created_at=now,
        updated_at=now,
    )
    session.add(parcel)
    session.flush()
    return parcel


def _pack(session: Session, parcel: Fulfillment, line: LineItem, quantity: int) -> None:
    if not 1 <= quantity <= line.fulfillable_quantity:
        raise Refused("lines", f"{line.title}: 1 to {line.fulfillable_quantity} can be shipped, not {quantity}.")
    line.fulfilled_quantity += quantity
    session.add(FulfillmentLine(fulfillment_id=parcel.id, line_item_id=line.id, quantity=quantity))


def set_tracking(session: Session, parcel: Fulfillment, tracking: Tracking) -> None:
    """Give a parcel a carrier and number; announce fulfillments/update."""
    number = tracking.number or f"EX{secrets.randbelow(10**9):09d}"
    parcel.tracking_company = tracking.company
    parcel.tracking_numbers, parcel.tracking_urls = [number], [TRACKING_PAGE + number]
    parcel.updated_at = store_now(session)
    order = session.get_one(Order, parcel.order_id)
    tell_parcel(session, order, parcel, "fulfillments/update")
    tell_order(session, order, "orders/updated")


def cancel_parcel(session: Session, parcel: Fulfillment) -> None:
    """Cancel a parcel, so that its lines are to be shipped again; announce fulfillments/update.

    Raises Refused when it is cancelled or delivered.
    """
    if parcel.status == "cancelled" or parcel.delivered_at is not None:
        raise Refused("fulfillment", "This parcel is cancelled or delivered already.")
    order = session.get_one(Order, parcel.order_id)
    packed = session.scalars(select(FulfillmentLine).where(FulfillmentLine.fulfillment_id == parcel.id))
    for row in packed:
        line = session.get_one(LineItem, row.line_item_id)
        line.fulfilled_quantity = max(0, line.fulfilled_quantity - row.quantity)
    parcel.status = "cancelled"
    parcel.updated_at = store_now(session)
    settle(session, order)
    tell_parcel(session, order, parcel, "fulfillments/update")
    tell_order(session, order, "orders/updated")
