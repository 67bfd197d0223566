"""Give money back, for some lines, for all that is left, or for nothing in particular."""

from decimal import Decimal

from sqlalchemy.orm import Session

from devstore.clock.now import store_now
from devstore.config import settings
from devstore.state.models import LineItem, Order, Refund, RefundLine, Shop
from devstore.webhooks.announce import announce
from devstore.webhooks.payloads.order import order_body, totals
from devstore.webhooks.payloads.refund import refund_body
from devstore.world.edit import pick_line
from devstore.world.find import lines_of
from devstore.world.refused import Refused
from devstore.world.status import settle
from devstore.world.whole import whole_order


def refund(
    session: Session,
    order: Order,
    *,
    lines: list[tuple[int | str, int]] | None = None,
    note: str | None = None,
    restock: bool = False,
    money_only: Decimal | None = None,
    return_id: int | None = None,
) -> Refund:
    """Refund (line id, quantity) pairs, or everything left with its shipping when `lines` is None.

    `money_only` adds an amount without lines. Announces refunds/create, then orders/updated. Raises Refused.
    """
    if order.paid_at is None:
        raise Refused("order", f"{order.name} has not been paid.")
    kept = lines_of(session, order)
    whole = lines is None
    wanted = [(line.id, line.current_quantity) for line in kept if line.current_quantity] if lines is None else lines
    now = store_now(session)
    made = Refund(
        shop_id=order.shop_id,
        order_id=order.id,
        return_id=return_id,
        note=note,
        amount=Decimal(0),
        restock=restock,
        processed_at=now,
        created_at=now,
        updated_at=now,
    )
    session.add(made)
    session.flush()
    for key, quantity in wanted:
        made.amount += _refund_line(session, made, pick_line(kept, key, "lines"), quantity, restock=restock)
    left = totals(order, tuple(kept)).total - order.refunded
    made.amount = left if whole else min(made.amount + (money_only or Decimal(0)), left)
    if made.amount <= 0 and not wanted:
        raise Refused("lines", f"There is nothing left to refund on {order.name}.")
    order.refunded += made.amount
    order.financial_status = "refunded" if order.refunded >= totals(order, tuple(kept)).total else "partially_refunded"
    settle(session, order)
    _tell(session, order, made)
    return made


def _refund_line(session: Session, made: Refund, line: LineItem, quantity: int, *, restock: bool) -> Decimal:
    """Take a quantity out of a line and return what it cost."""
    if not 1 <= quantity <= line.current_quantity:
        raise Refused("lines", f"{line.title}: 1 to {line.current_quantity} can be refunded, not {quantity}.")
    unshipped = line.fulfillable_quantity >= quantity
    line.current_quantity -= quantity
    if not unshipped:
        # Goods that were shipped leave the order together with their shipped count.
        line.fulfilled_quantity = min(line.fulfilled_quantity, line.current_quantity)
    subtotal = line.price * quantity
    session.add(
        RefundLine(
            refund_id=made.id,
            line_item_id=line.id,
            quantity=quantity,
            restock_type=("cancel" if unshipped else "return") if restock else "no_restock",
            subtotal=subtotal,
        )
    )
    return subtotal


def _tell(session: Session, order: Order, made: Refund) -> None:
    order.updated_at = made.created_at
    shop = session.get_one(Shop, order.shop_id)
    whole = whole_order(session, order)
    for one in whole.repayments:
        if one.refund.id == made.id:
            announce(session, shop, "refunds/create", refund_body(one, order, shop, whole.products))
    announce(session, shop, "orders/updated", order_body(whole, settings().origin))
