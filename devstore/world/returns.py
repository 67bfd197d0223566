"""Ask for a return, decide about it, close it, open it again."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from devstore.clock.now import store_now
from devstore.state.models import Fulfillment, FulfillmentLine, Order, Return, ReturnLine, Shop
from devstore.webhooks.announce import announce
from devstore.webhooks.payloads.refund import (
    return_declined_body,
    return_moved_body,
    return_opened_body,
    return_processed_body,
    return_updated_body,
)
from devstore.world.edit import edit, pick_line
from devstore.world.find import lines_of
from devstore.world.refused import Refused
from devstore.world.tell import tell_order
from devstore.world.whole import whole_order

REASONS = (
    *("color", "defective", "not_as_described", "other", "size_too_large", "size_too_small"),
    *("style", "unknown", "unwanted", "wrong_item"),
)
DECLINES = ("final_sale", "other", "return_period_ended")
# From which state each decision can be taken, and where it leads.
MOVES = {
    "approve": ({"requested"}, "open"),
    "decline": ({"requested"}, "declined"),
    "cancel": ({"requested", "open"}, "canceled"),
    "close": ({"open"}, "closed"),
    "reopen": ({"closed"}, "open"),
}


def request_return(
    session: Session, order: Order, *, lines: list[tuple[int | str, int]], reason: str = "unwanted", note: str = ""
) -> Return:
    """Ask to send back (line id, quantity) pairs of what was shipped; announce returns/request, orders/updated.

    Raises Refused for what was never shipped, too many, or a reason that is none of Shopify's.
    """
    if reason not in REASONS:
        raise Refused("reason", f"Reason must be one of {', '.join(REASONS)}.")
    if not lines:
        raise Refused("lines", "A return needs at least one line.")
    now = store_now(session)
    before = session.scalar(select(func.max(Return.number)).where(Return.order_id == order.id))
    case = Return(
        shop_id=order.shop_id,
        order_id=order.id,
        number=(before or 0) + 1,
        status="requested",
        created_at=now,
        updated_at=now,
    )
    session.add(case)
    session.flush()
    kept = lines_of(session, order)
    for key, quantity in lines:
        line = pick_line(kept, key, "lines")
        shipped = session.scalar(
            select(FulfillmentLine)
            .join(Fulfillment, Fulfillment.id == FulfillmentLine.fulfillment_id)
            .where(
                FulfillmentLine.line_item_id == line.id,
                FulfillmentLine.quantity >= quantity,
                Fulfillment.status == "success",
            )
            .limit(1)
        )
        if shipped is None or quantity < 1:
            raise Refused("lines", f"{line.title}: {quantity} of it never travelled in one parcel.")
        session.add(
            ReturnLine(return_id=case.id, fulfillment_line_id=shipped.id, quantity=quantity, reason=reason, note=note)
        )
    _tell(session, case, "returns/request")
    return case


def move_return(session: Session, case: Return, decision: str, *, reason: str = "other", note: str = "") -> None:
    """Approve, decline, cancel, close or reopen; announce returns/<decision> and orders/updated.

    Raises Refused when the return is not in a state that allows it.
    """
    if decision not in MOVES:
        raise Refused("decision", f"Decision must be one of {', '.join(MOVES)}.")
    allowed, after = MOVES[decision]
    if case.status not in allowed:
        raise Refused("return", f"A return that is {case.status} cannot be moved by {decision}.")
    if decision == "decline":
        if reason not in DECLINES:
            raise Refused("reason", f"Reason must be one of {', '.join(DECLINES)}.")
        case.decline_reason, case.decline_note = reason, note
    now = store_now(session)
    case.status = after
    case.updated_at = now
    case.closed_at = now if after == "closed" else None
    _tell(session, case, f"returns/{decision}")


def process_return(session: Session, case: Return, *, exchange: list[tuple[int | str, int]] | None = None) -> None:
    """Take the goods in; what is given for them, (variant, quantity) pairs, joins the order as new lines.

    Announces returns/process, and orders/edited and updated where lines were added. Raises Refused unless open.
    """
    if case.status != "open":
        raise Refused("return", f"A return that is {case.status} cannot be processed.")
    order = session.get_one(Order, case.order_id)
    case.updated_at = store_now(session)
    session.flush()
    announce(session, session.get_one(Shop, case.shop_id), "returns/process", return_processed_body(case))
    if exchange:
        edit(session, order, add=exchange)
    else:
        tell_order(session, order, "orders/updated")


def take_out(session: Session, case: Return, lines: list[tuple[int | str, int]]) -> None:
    """Take (order line id, quantity) pairs out of a return; announce returns/update and orders/updated.

    Raises Refused for a line that is not in it that often, and for a return that is over.
    """
    if case.status not in {"requested", "open"}:
        raise Refused("return", f"A return that is {case.status} cannot be changed.")
    kept = session.execute(
        select(ReturnLine, FulfillmentLine.line_item_id)
        .join(FulfillmentLine, FulfillmentLine.id == ReturnLine.fulfillment_line_id)
        .where(ReturnLine.return_id == case.id)
        .order_by(ReturnLine.id)
    ).all()
    removed: dict[int, int] = {}
    for key, quantity in lines:
        row = next((line for line, item in kept if str(item) == str(key) and line.quantity >= quantity >= 1), None)
        if row is None:
            raise Refused("lines", f"The return has no line {key} {quantity} times.")
        row.quantity -= quantity
        removed[row.id] = removed.get(row.id, 0) + quantity
    session.flush()
    for row, _ in kept:
        if row.quantity == 0:
            session.delete(row)
    case.updated_at = store_now(session)
    session.flush()
    announce(session, session.get_one(Shop, case.shop_id), "returns/update", return_updated_body(case, removed))
    tell_order(session, session.get_one(Order, case.order_id), "orders/updated")


def _tell(session: Session, case: Return, topic: str) -> None:
    order = session.get_one(Order, case.order_id)
    shop = session.get_one(Shop, case.shop_id)
    session.flush()
    if topic == "returns/decline":
        announce(session, shop, topic, return_declined_body(case, order))
    elif topic in {"returns/request", "returns/approve"}:
        for goods in whole_order(session, order).returns:
            if goods.case.id == case.id:
                announce(session, shop, topic, return_opened_body(goods, order))
    else:
        announce(session, shop, topic, return_moved_body(case))
    tell_order(session, order, "orders/updated")
