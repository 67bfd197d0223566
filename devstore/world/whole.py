"""Load orders with everything that hangs on them, in nine queries at most, however many they are.

What one action of a merchant tells in several webhooks and its own answer is read once.
"""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import ARRAY, BigInteger, any_, bindparam, event, exists, select
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
LINES = (
    select(
        LineItem,
        Product.id,  # none where it is no longer sold
        exists().where(Fulfillment.order_id == IDS),
        exists().where(Refund.order_id == IDS),
        exists().where(Return.order_id == IDS),
    )
    .outerjoin(Product, Product.id == LineItem.product_id)
    .where(LineItem.order_id == IDS)
    .order_by(LineItem.position, LineItem.id)
)
PARCELS = (
    select(Fulfillment, FulfillmentLine)
    .outerjoin(FulfillmentLine, FulfillmentLine.fulfillment_id == Fulfillment.id)
    .where(Fulfillment.order_id == IDS)
    .order_by(Fulfillment.number, Fulfillment.id, FulfillmentLine.id)
)
REFUNDS = select(Refund).where(Refund.order_id == IDS).order_by(Refund.id)
REFUNDED = select(RefundLine).where(RefundLine.refund_id == IDS).order_by(RefundLine.id)
RETURNS = select(Return).where(Return.order_id == IDS).order_by(Return.number)
RETURNED = (
    select(ReturnLine, FulfillmentLine)
    .join(FulfillmentLine, FulfillmentLine.id == ReturnLine.fulfillment_line_id)
    .where(ReturnLine.return_id == IDS)
    .order_by(ReturnLine.id)
)
PEOPLE = select(Customer).where(Customer.id == IDS)

# Rows that change show it by themselves; where one of these comes or goes, orders are read again.
PARTS = (Customer, Fulfillment, FulfillmentLine, LineItem, Order, Product, Refund, RefundLine, Return, ReturnLine)


@event.listens_for(Work, "after_flush")
def _read_again(session: Session, _: object) -> None:
    if session.info.get("whole") and any(isinstance(row, PARTS) for row in (*session.new, *session.deleted)):
        session.info["whole"].clear()


def whole_order(session: Session, order: Order) -> WholeOrder:
    """Return the order as its webhooks show it, pending changes included."""
    if any(isinstance(row, PARTS) for row in (*session.new, *session.deleted)):
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
    found = session.execute(LINES, {"ids": ids}).all()
    lines = {line.id: line for line, *_ in found}
    by_order: dict[int, list[LineItem]] = defaultdict(list)
    for line in lines.values():
        by_order[line.order_id].append(line)
    shipped, refunded, returned = found[0][2:] if found else (True, True, True)  # none asked: it may be any
    parcels = _parcels(session, ids, lines) if shipped else {}
    repayments = _repayments(session, ids, lines) if refunded else {}
    returns = _returns(session, ids, lines) if returned else {}
    sold: list[int | None] = [product for _, product, *_ in found]
    customers = _people(session, {order.customer_id for order in orders if order.customer_id})
    return [
        WholeOrder(
            order=order,
            shop=session.get_one(Shop, order.shop_id),
            customer=customers.get(order.customer_id) if order.customer_id else None,
            lines=tuple(by_order[order.id]),
            parcels=tuple(parcels.get(order.id, ())),
            repayments=tuple(repayments.get(order.id, ())),
            returns=tuple(returns.get(order.id, ())),
            products=frozenset(number for number in sold if number is not None),
        )
        for order in orders
    ]


def _people(session: Session, ids: set[int]) -> dict[int, Customer]:
    """Return those of the customers who still are, by their ids; who is in hand is not asked for."""
    if len(ids) == 1:
        (one,) = ids
        person = session.get(Customer, one)
        return {one: person} if person is not None else {}
    return {one.id: one for one in session.scalars(PEOPLE, {"ids": list(ids)})} if ids else {}


def _parcels(session: Session, ids: list[int], lines: dict[int, LineItem]) -> dict[int, list[Parcel]]:
    """Return each order's fulfilments, oldest first, with their contents."""
    contents: dict[Fulfillment, list[tuple[LineItem, int]]] = {}
    for parcel, packed in session.execute(PARCELS, {"ids": ids}):
        inside = contents.setdefault(parcel, [])
        if packed is not None:
            inside.append((lines[packed.line_item_id], packed.quantity))
    found: dict[int, list[Parcel]] = defaultdict(list)
    for parcel, inside in contents.items():
        found[parcel.order_id].append(Parcel(parcel, tuple(inside)))
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
