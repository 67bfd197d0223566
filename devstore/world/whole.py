"""Load orders with everything that hangs on them, in nine queries however many they are.

What one action of a merchant tells in several webhooks and its own answer is read once.
"""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import ARRAY, BigInteger, any_, bindparam, event, select
from sqlalchemy.orm import Session

from devstore.state.engine import Work
from devstore.state.models import (
    Customer,
    Fulfillment,
    FulfillmentLine,
    LineItem,
    Order,
    Product,
    Refund,
    RefundLine,
    Return,
    ReturnLine,
    Shop,
)
from devstore.webhooks.payloads.order import WholeOrder
from devstore.webhooks.payloads.parcel import Parcel
from devstore.webhooks.payloads.refund import GoodsBack, Repayment

# Said once: making a statement takes as long as asking it.
IDS = any_(bindparam("ids", type_=ARRAY(BigInteger)))
LINES = select(LineItem).where(LineItem.order_id == IDS).order_by(LineItem.position, LineItem.id)
PARCELS = select(Fulfillment).where(Fulfillment.order_id == IDS).order_by(Fulfillment.number)
PACKED = select(FulfillmentLine).where(FulfillmentLine.fulfillment_id == IDS).order_by(FulfillmentLine.id)
REFUNDS = select(Refund).where(Refund.order_id == IDS).order_by(Refund.id)
REFUNDED = select(RefundLine).where(RefundLine.refund_id == IDS).order_by(RefundLine.id)
RETURNS = select(Return).where(Return.order_id == IDS).order_by(Return.number)
RETURNED = (
    select(ReturnLine, FulfillmentLine)
    .join(FulfillmentLine, FulfillmentLine.id == ReturnLine.fulfillment_line_id)
    .where(ReturnLine.return_id == IDS)
    .order_by(ReturnLine.id)
)
STILL_SOLD = select(Product.id).where(Product.id == IDS)
PEOPLE = select(Customer).where(Customer.id == IDS)

# Rows that change show it by themselves; where one of these comes or goes, orders are read again.
PARTS = (Customer, Fulfillment, FulfillmentLine, LineItem, Order, Product, Refund, RefundLine, Return, ReturnLine)


@event.listens_for(Work, "after_flush")
def _read_again(session: Session, _: object) -> None:
    if session.info.get("whole") and any(isinstance(row, PARTS) for row in (*session.new, *session.deleted)):
        session.info["whole"].clear()


def whole_order(session: Session, order: Order) -> WholeOrder:
    """Return the order as its webhooks show it, pending changes included."""
    session.flush()
    known: dict[tuple[int, int | None], WholeOrder] = session.info.setdefault("whole", {})
    key = (order.id, order.customer_id)
    if key not in known:
        known[key] = whole_orders(session, [order])[0]
    return known[key]


def whole_orders(session: Session, orders: Sequence[Order]) -> list[WholeOrder]:
    """Return the orders, in the order given, each with its own."""
    session.flush()
    ids = [order.id for order in orders]
    lines = {line.id: line for line in session.scalars(LINES, {"ids": ids})}
    by_order: dict[int, list[LineItem]] = defaultdict(list)
    for line in lines.values():
        by_order[line.order_id].append(line)
    parcels = _parcels(session, ids, lines)
    repayments = _repayments(session, ids, lines)
    returns = _returns(session, ids, lines)
    wanted = {line.product_id for line in lines.values() if line.product_id}
    known = frozenset(session.scalars(STILL_SOLD, {"ids": list(wanted)}) if wanted else ())
    people = {order.customer_id for order in orders if order.customer_id}
    customers = {one.id: one for one in session.scalars(PEOPLE, {"ids": list(people)})} if people else {}
    return [
        WholeOrder(
            order=order,
            shop=session.get_one(Shop, order.shop_id),
            customer=customers.get(order.customer_id) if order.customer_id else None,
            lines=tuple(by_order[order.id]),
            parcels=tuple(parcels[order.id]),
            repayments=tuple(repayments[order.id]),
            returns=tuple(returns[order.id]),
            products=known,
        )
        for order in orders
    ]


def _parcels(session: Session, ids: list[int], lines: dict[int, LineItem]) -> dict[int, list[Parcel]]:
    """Return each order's fulfilments, oldest first, with their contents."""
    parcels = session.scalars(PARCELS, {"ids": ids}).all()
    if not parcels:
        return defaultdict(list)
    contents: dict[int, list[tuple[LineItem, int]]] = defaultdict(list)
    for row in session.scalars(PACKED, {"ids": [one.id for one in parcels]}):
        contents[row.fulfillment_id].append((lines[row.line_item_id], row.quantity))
    found: dict[int, list[Parcel]] = defaultdict(list)
    for one in parcels:
        found[one.order_id].append(Parcel(one, tuple(contents[one.id])))
    return found


def _repayments(session: Session, ids: list[int], lines: dict[int, LineItem]) -> dict[int, list[Repayment]]:
    """Return each order's refunds, oldest first, with their lines."""
    refunds = session.scalars(REFUNDS, {"ids": ids}).all()
    if not refunds:
        return defaultdict(list)
    contents: dict[int, list[tuple[RefundLine, LineItem]]] = defaultdict(list)
    for row in session.scalars(REFUNDED, {"ids": [one.id for one in refunds]}):
        contents[row.refund_id].append((row, lines[row.line_item_id]))
    found: dict[int, list[Repayment]] = defaultdict(list)
    for one in refunds:
        found[one.order_id].append(Repayment(one, tuple(contents[one.id])))
    return found


def _returns(session: Session, ids: list[int], lines: dict[int, LineItem]) -> dict[int, list[GoodsBack]]:
    """Return each order's returns, oldest first, with their lines."""
    cases = session.scalars(RETURNS, {"ids": ids}).all()
    if not cases:
        return defaultdict(list)
    contents: dict[int, list[tuple[ReturnLine, FulfillmentLine, LineItem]]] = defaultdict(list)
    for back, shipped in session.execute(RETURNED, {"ids": [one.id for one in cases]}):
        contents[back.return_id].append((back, shipped, lines[shipped.line_item_id]))
    found: dict[int, list[GoodsBack]] = defaultdict(list)
    for one in cases:
        found[one.order_id].append(GoodsBack(one, tuple(contents[one.id])))
    return found
