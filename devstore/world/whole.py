"""Load orders with everything that hangs on them, in nine queries however many they are."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

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


def whole_order(session: Session, order: Order) -> WholeOrder:
    """Return the order as its webhooks show it, pending changes included."""
    return whole_orders(session, [order])[0]


def whole_orders(session: Session, orders: Sequence[Order]) -> list[WholeOrder]:
    """Return the orders, in the order given, each with its own."""
    session.flush()
    ids = [order.id for order in orders]
    query = select(LineItem).where(LineItem.order_id.in_(ids)).order_by(LineItem.position, LineItem.id)
    lines = {line.id: line for line in session.scalars(query)}
    by_order: dict[int, list[LineItem]] = defaultdict(list)
    for line in lines.values():
        by_order[line.order_id].append(line)
    parcels = _parcels(session, ids, lines)
    repayments = _repayments(session, ids, lines)
    returns = _returns(session, ids, lines)
    wanted = {line.product_id for line in lines.values() if line.product_id}
    known = frozenset(session.scalars(select(Product.id).where(Product.id.in_(wanted))))
    people = {order.customer_id for order in orders if order.customer_id}
    customers = {one.id: one for one in session.scalars(select(Customer).where(Customer.id.in_(people)))}
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
    query = select(Fulfillment).where(Fulfillment.order_id.in_(ids)).order_by(Fulfillment.number)
    parcels = session.scalars(query).all()
    if not parcels:
        return defaultdict(list)
    contents: dict[int, list[tuple[LineItem, int]]] = defaultdict(list)
    rows = select(FulfillmentLine).where(FulfillmentLine.fulfillment_id.in_([one.id for one in parcels]))
    for row in session.scalars(rows.order_by(FulfillmentLine.id)):
        contents[row.fulfillment_id].append((lines[row.line_item_id], row.quantity))
    found: dict[int, list[Parcel]] = defaultdict(list)
    for one in parcels:
        found[one.order_id].append(Parcel(one, tuple(contents[one.id])))
    return found


def _repayments(session: Session, ids: list[int], lines: dict[int, LineItem]) -> dict[int, list[Repayment]]:
    """Return each order's refunds, oldest first, with their lines."""
    refunds = session.scalars(select(Refund).where(Refund.order_id.in_(ids)).order_by(Refund.id)).all()
    if not refunds:
        return defaultdict(list)
    contents: dict[int, list[tuple[RefundLine, LineItem]]] = defaultdict(list)
    rows = select(RefundLine).where(RefundLine.refund_id.in_([one.id for one in refunds]))
    for row in session.scalars(rows.order_by(RefundLine.id)):
        contents[row.refund_id].append((row, lines[row.line_item_id]))
    found: dict[int, list[Repayment]] = defaultdict(list)
    for one in refunds:
        found[one.order_id].append(Repayment(one, tuple(contents[one.id])))
    return found


def _returns(session: Session, ids: list[int], lines: dict[int, LineItem]) -> dict[int, list[GoodsBack]]:
    """Return each order's returns, oldest first, with their lines."""
    cases = session.scalars(select(Return).where(Return.order_id.in_(ids)).order_by(Return.number)).all()
    if not cases:
        return defaultdict(list)
    contents: dict[int, list[tuple[ReturnLine, FulfillmentLine, LineItem]]] = defaultdict(list)
    rows = session.execute(
        select(ReturnLine, FulfillmentLine)
        .join(FulfillmentLine, FulfillmentLine.id == ReturnLine.fulfillment_line_id)
        .where(ReturnLine.return_id.in_([one.id for one in cases]))
        .order_by(ReturnLine.id)
    )
    for back, shipped in rows:
        contents[back.return_id].append((back, shipped, lines[shipped.line_item_id]))
    found: dict[int, list[GoodsBack]] = defaultdict(list)
    for one in cases:
        found[one.order_id].append(GoodsBack(one, tuple(contents[one.id])))
    return found
