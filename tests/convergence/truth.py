"""What is true at the simulated shop, read from its own tables, without a line of the app's."""

from collections import defaultdict
from dataclasses import dataclass, field

from sqlalchemy import select

from devstore.state.engine import unit_of_work
from devstore.state.models import (
    Customer,
    Fulfillment,
    FulfillmentEvent,
    FulfillmentLine,
    LineItem,
    Order,
    Refund,
    RefundLine,
    Return,
    ReturnLine,
)

ARRIVED, DENIED = {"delivered"}, {"failure", "attempted_delivery"}


@dataclass
class Parcel:
    """One parcel with its contents (line id → quantity) and its scans, oldest first."""

    row: Fulfillment
    contents: dict
    scans: list
    is_carried: bool

    @property
    def arrival(self):
        """When it arrived and who says so: the latest "delivered" that no later scan denies."""
        said = max((scan.happened_at for scan in self.scans if scan.status in ARRIVED), default=None)
        denied = max((scan.happened_at for scan in self.scans if scan.status in DENIED), default=None)
        if said is not None and (denied is None or said >= denied):
            return said, "carrier_event"
        if self.row.shipment_status == "picked_up":
            return self.row.updated_at, "merchant"  # at the latest: nobody dates it
        if not self.is_carried and (denied is None or self.row.created_at >= denied):
            return self.row.created_at, "digital"
        return None, None


@dataclass
class Truth:
    """One order with all that hangs on it."""

    order: Order
    customer: Customer | None
    lines: dict = field(default_factory=dict)
    parcels: list = field(default_factory=list)
    refunds: list = field(default_factory=list)  # (refund, {line id: quantity})
    returns: list = field(default_factory=list)  # (return, {line id: quantity})

    def refunded(self, line_id):
        """How many of a line were refunded."""
        return sum(contents.get(line_id, 0) for _, contents in self.refunds)

    def still_out(self, line_id):
        """How many of a line travelled in a parcel that stands and never came back: a return counts once closed."""
        sent = sum(parcel.contents.get(line_id, 0) for parcel in self.parcels if parcel.row.status == "success")
        return sent - sum(contents.get(line_id, 0) for case, contents in self.returns if case.status == "closed")

    def came_back(self, line_id):
        """Whether any of a line came back in a return that is closed."""
        return any(case.status == "closed" and contents.get(line_id) for case, contents in self.returns)


def read(order_ids=None, shop_id=None):
    """Return the truth about orders by id: those named, or all of a shop."""
    with unit_of_work(announce=False) as session:
        wanted = select(Order).where(Order.id.in_(order_ids) if order_ids is not None else Order.shop_id == shop_id)
        orders = session.scalars(wanted).all()
        ids = [order.id for order in orders]
        people = {row.id: row for row in session.scalars(select(Customer).where(Customer.id.in_(_customers(orders))))}
        found = {order.id: Truth(order, people.get(order.customer_id)) for order in orders}
        ships = {}
        for line in session.scalars(select(LineItem).where(LineItem.order_id.in_(ids)).order_by(LineItem.position)):
            found[line.order_id].lines[line.id] = line
            ships[line.id] = line.requires_shipping
        _parcels(session, ids, found, ships)
        contents = defaultdict(lambda: defaultdict(int))
        refunds = session.scalars(select(Refund).where(Refund.order_id.in_(ids)).order_by(Refund.id)).all()
        for row in session.scalars(select(RefundLine).where(RefundLine.refund_id.in_([one.id for one in refunds]))):
            contents[row.refund_id][row.line_item_id] += row.quantity
        for refund in refunds:
            found[refund.order_id].refunds.append((refund, dict(contents[refund.id])))
        _returns(session, ids, found)
        session.expunge_all()
    return found


def _returns(session, ids, found):
    cases = session.scalars(select(Return).where(Return.order_id.in_(ids)).order_by(Return.number)).all()
    back = defaultdict(lambda: defaultdict(int))
    parts = (
        select(ReturnLine, FulfillmentLine.line_item_id)
        .join(FulfillmentLine, FulfillmentLine.id == ReturnLine.fulfillment_line_id)
        .where(ReturnLine.return_id.in_([case.id for case in cases]))
    )
    for part, line_id in session.execute(parts):
        back[part.return_id][line_id] += part.quantity
    for case in cases:
        found[case.order_id].returns.append((case, dict(back[case.id])))


def _customers(orders):
    return {order.customer_id for order in orders if order.customer_id is not None}


def _parcels(session, ids, found, ships):
    rows = session.scalars(select(Fulfillment).where(Fulfillment.order_id.in_(ids)).order_by(Fulfillment.number)).all()
    kept = [row.id for row in rows]
    contents, scans = defaultdict(dict), defaultdict(list)
    for row in session.scalars(select(FulfillmentLine).where(FulfillmentLine.fulfillment_id.in_(kept))):
        contents[row.fulfillment_id][row.line_item_id] = row.quantity
    events = select(FulfillmentEvent).where(FulfillmentEvent.fulfillment_id.in_(kept))
    for row in session.scalars(events.order_by(FulfillmentEvent.happened_at, FulfillmentEvent.id)):
        scans[row.fulfillment_id].append(row)
    for row in rows:
        carried = any(ships[line] for line in contents[row.id])
        found[row.order_id].parcels.append(Parcel(row, contents[row.id], scans[row.id], carried))
