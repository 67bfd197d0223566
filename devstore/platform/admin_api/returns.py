"""Answer for refunds and returns."""

from typing import Any

from devstore.platform.admin_api.call import Call
from devstore.platform.admin_api.connection import Page, page_of
from devstore.platform.admin_api.field import attributes, computed, field, globally, upper
from devstore.platform.admin_api.money import money_bag
from devstore.platform.admin_api.orders import one_order
from devstore.platform.names import read_gid
from devstore.state.models import FulfillmentLine, LineItem, Order, Refund, RefundLine, Return, ReturnLine

globally("Refund")
attributes("Refund", "createdAt", "processedAt", "updatedAt", "note")
computed(
    "Refund",
    order=lambda row, call: call.shelf.row(Order, row.order_id),
    totalRefundedSet=lambda row, call: money_bag(row.amount, _order(call, row).currency),
)
RETURN_OF_REFUND = "return"  # a word Python keeps for itself
computed("Refund", **{RETURN_OF_REFUND: lambda row, call: call.shelf.row(Return, row.return_id)})
globally("RefundLineItem")
attributes("RefundLineItem", "quantity")
upper("RefundLineItem", restockType="restock_type")
computed(
    "RefundLineItem",
    lineItem=lambda row, call: call.shelf.row(LineItem, row.line_item_id),
    restocked=lambda row, call: row.restock_type != "no_restock",
    subtotalSet=lambda row, call: money_bag(row.subtotal, _currency(call, row)),
    priceSet=lambda row, call: money_bag(call.shelf.row(LineItem, row.line_item_id).price, _currency(call, row)),
)
globally("Return")
attributes("Return", "createdAt", "closedAt")
upper("Return", status="status")
computed(
    "Return",
    name=lambda row, call: f"{_order(call, row).name}-R{row.number}",
    order=lambda row, call: call.shelf.row(Order, row.order_id),
    requestApprovedAt=lambda row, call: row.created_at if row.status in {"open", "closed"} else None,
    totalQuantity=lambda row, call: sum(one.quantity for one in _return_lines(call, row)),
    decline=lambda row, call: _decline(row),
)
attributes("ReturnDecline", "reason", "note")
globally("ReturnLineItem")
attributes("ReturnLineItem", "quantity")
computed(
    "ReturnLineItem",
    customerNote=lambda row, call: None,
    processedQuantity=lambda row, call: 0,
    refundedQuantity=lambda row, call: 0,
    refundableQuantity=lambda row, call: row.quantity,
    returnReasonNote=lambda row, call: row.note,
    fulfillmentLineItem=lambda row, call: call.shelf.row(FulfillmentLine, row.fulfillment_line_id),
)


@field("QueryRoot", "refund")
def refund(_: Any, call: Call, args: dict[str, Any]) -> Refund | None:
    """Return a refund by id, if its order is in reach."""
    ident = read_gid(args["id"])
    return one_of_order(call, Refund, ident[1]) if ident and ident[0] == "Refund" else None


@field("QueryRoot", "return")
def return_case(_: Any, call: Call, args: dict[str, Any]) -> Return | None:
    """Return a return by id, if its order is in reach."""
    ident = read_gid(args["id"])
    return one_of_order(call, Return, ident[1]) if ident and ident[0] == "Return" else None


def one_of_order(call: Call, model: type[Any], number: int) -> Any:
    """Return one refund or return if the app may see its order."""
    row = call.shelf.row(model, number)
    if row is None or row.shop_id != call.shop.id or one_order(call, row.order_id) is None:
        return None
    return row


@field("Refund", "refundLineItems")
def refund_lines(row: Any, call: Call, args: dict[str, Any]) -> Page:
    """Return a page of the refunded lines."""
    return page_of(call.shelf.children(RefundLine.refund_id, Refund, row.id), args)


@field("Return", "returnLineItems")
def return_lines(row: Any, call: Call, args: dict[str, Any]) -> Page:
    """Return a page of the lines coming back."""
    return page_of(_return_lines(call, row), args)


@field("Return", "refunds")
def return_refunds(row: Any, call: Call, args: dict[str, Any]) -> Page:
    """Return a page of the refunds given for the return."""
    found = call.shelf.children(Refund.order_id, Order, row.order_id)
    return page_of([one for one in found if one.return_id == row.id], args)


def _return_lines(call: Call, row: Return) -> list[ReturnLine]:
    return call.shelf.children(ReturnLine.return_id, Return, row.id)


def _order(call: Call, row: Refund | Return) -> Order:
    found: Order = call.shelf.row(Order, row.order_id)
    return found


def _currency(call: Call, row: RefundLine) -> str:
    return _order(call, call.shelf.row(Refund, row.refund_id)).currency


def _decline(row: Return) -> dict[str, Any] | None:
    if row.status != "declined":
        return None
    return {"reason": (row.decline_reason or "other").upper(), "note": row.decline_note}
