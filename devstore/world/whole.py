"""Load an order with everything that hangs on it, in seven queries whatever its size."""

from collections import defaultdict

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
from devstore.world.find import lines_of


def whole_order(session: Session, order: Order) -> WholeOrder:
    """Return the order as its webhooks show it, pending changes included."""
    session.flush()
    lines = lines_of(session, order)
    wanted = {line.product_id for line in lines if line.product_id}
    return WholeOrder(
        order=order,
        shop=session.get_one(Shop, order.shop_id),
        customer=session.get(Customer, order.customer_id) if order.customer_id else None,
        lines=tuple(lines),
        parcels=parcels_of(session, order, lines),
        repayments=repayments_of(session, order, lines),
        returns=returns_of(session, order, lines),
        products=frozenset(session.scalars(select(Product.id).where(Product.id.in_(wanted)))),
    )


def parcels_of(session: Session, order: Order, lines: list[LineItem]) -> tuple[Parcel, ...]:
    """Return the order's fulfilments, oldest first, with their contents."""
    by_id = {line.id: line for line in lines}
    contents: dict[int, list[tuple[LineItem, int]]] = defaultdict(list)
    rows = session.scalars(
        select(FulfillmentLine)
        .join(Fulfillment, Fulfillment.id == FulfillmentLine.fulfillment_id)
        .where(Fulfillment.order_id == order.id)
        .order_by(FulfillmentLine.id)
    )
    for row in rows:
        contents[row.fulfillment_id].append((by_id[row.line_item_id], row.quantity))
    query = select(Fulfillment).where(Fulfillment.order_id == order.id).order_by(Fulfillment.number)
    return tuple(Parcel(one, tuple(contents[one.id])) for one in session.scalars(query))


def repayments_of(session: Session, order: Order, lines: list[LineItem]) -> tuple[Repayment, ...]:
    """Return the order's refunds, oldest first, with their lines."""
    by_id = {line.id: line for line in lines}
    refunds = session.scalars(select(Refund).where(Refund.order_id == order.id).order_by(Refund.id)).all()
    contents: dict[int, list[tuple[RefundLine, LineItem]]] = defaultdict(list)
    rows = session.scalars(
        select(RefundLine).where(RefundLine.refund_id.in_([one.id for one in refunds])).order_by(RefundLine.id)
    )
    for row in rows:
        contents[row.refund_id].append((row, by_id[row.line_item_id]))
    return tuple(Repayment(one, tuple(contents[one.id])) for one in refunds)


def returns_of(session: Session, order: Order, lines: list[LineItem]) -> tuple[GoodsBack, ...]:
    """Return the order's returns, oldest first, with their lines."""
    by_id = {line.id: line for line in lines}
    cases = session.scalars(select(Return).where(Return.order_id == order.id).order_by(Return.number)).all()
    contents: dict[int, list[tuple[ReturnLine, FulfillmentLine, LineItem]]] = defaultdict(list)
    rows = session.execute(
        select(ReturnLine, FulfillmentLine)
        .join(FulfillmentLine, FulfillmentLine.id == ReturnLine.fulfillment_line_id)
        .where(ReturnLine.return_id.in_([one.id for one in cases]))
        .order_by(ReturnLine.id)
    )
    for back, shipped in rows:
        contents[back.return_id].append((back, shipped, by_id[shipped.line_item_id]))
    return tuple(GoodsBack(one, tuple(contents[one.id])) for one in cases)
