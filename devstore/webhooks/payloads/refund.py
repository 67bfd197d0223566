"""Bodies of refunds and returns."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from devstore.state.models import FulfillmentLine, LineItem, Order, Refund, RefundLine, Return, ReturnLine, Shop, gid
from devstore.webhooks.payloads.line import line_in_parcel
from devstore.webhooks.payloads.values import price, price_set, when


@dataclass(frozen=True)
class Repayment:
    """A refund with its lines."""

    refund: Refund
    lines: tuple[tuple[RefundLine, LineItem], ...]


@dataclass(frozen=True)
class GoodsBack:
    """A return with its lines, each with the parcel's line it refers to."""

    case: Return
    lines: tuple[tuple[ReturnLine, FulfillmentLine, LineItem], ...]


def refund_body(repayment: Repayment, order: Order, shop: Shop, products: frozenset[int]) -> dict[str, Any]:
    """Return the body of refunds/create."""
    kept = repayment.refund
    beyond_lines = kept.amount - sum((line.subtotal for line, _ in repayment.lines), Decimal(0))
    return {
        "id": kept.id,
        "order_id": order.id,
        "created_at": when(kept.created_at, shop),
        "note": kept.note or "",
        "user_id": shop.id + 2,
        "processed_at": when(kept.processed_at, shop),
        "duties": [],
        "total_duties_set": price_set(Decimal(0), order.currency),
        "return": {"id": kept.return_id, "admin_graphql_api_id": gid("Return", kept.return_id)}
        if kept.return_id
        else None,
        "refund_shipping_lines": [],
        "restock": kept.restock,
        "admin_graphql_api_id": gid("Refund", kept.id),
        "order_adjustments": [_adjustment(kept, order, beyond_lines)] if beyond_lines else [],
        "refund_line_items": [
            {
                "id": refund_line.id,
                "quantity": refund_line.quantity,
                "line_item_id": line.id,
                "location_id": None,
                "restock_type": refund_line.restock_type,
                "subtotal": float(refund_line.subtotal),
                "total_tax": 0,
                "subtotal_set": price_set(refund_line.subtotal, order.currency),
                "total_tax_set": price_set(Decimal(0), order.currency),
                "line_item": line_in_parcel(
                    line, order.currency, line.quantity, product_exists=line.product_id in products
                ),
            }
            for refund_line, line in repayment.lines
        ],
        "transactions": [],
    }


def _adjustment(refund: Refund, order: Order, amount: Decimal) -> dict[str, Any]:
    return {
        "id": refund.id + 1,
        "order_id": order.id,
        "refund_id": refund.id,
        "amount": price(-amount),
        "amount_set": price_set(-amount, order.currency),
        "tax_amount": "0.00",
        "tax_amount_set": price_set(Decimal(0), order.currency),
        "kind": "refund_discrepancy",
        "reason": "Refund discrepancy",
    }


def return_opened_body(goods: GoodsBack, order: Order) -> dict[str, Any]:
    """Return the body of returns/request and returns/approve."""
    return {
        **_return_head(goods.case),
        "order": _order(order),
        "total_return_line_items": sum(line.quantity for line, _, _ in goods.lines),
        "name": f"{order.name}-R{goods.case.number}",
        "return_line_items": [
            {
                "id": line.id,
                "admin_graphql_api_id": gid("ReturnLineItem", line.id),
                "fulfillment_line_item": {
                    "id": shipped.id,
                    "admin_graphql_api_id": gid("FulfillmentLineItem", shipped.id),
                    "line_item": {"id": bought.id, "admin_graphql_api_id": gid("LineItem", bought.id)},
                },
                "quantity": line.quantity,
                "return_reason": line.reason,
                "return_reason_note": line.note,
                "customer_note": None,
            }
            for line, shipped, bought in goods.lines
        ],
        "return_shipping_fees": [],
        "exchange_line_items": [],
        "total_exchange_line_items": 0,
    }


def return_declined_body(case: Return, order: Order) -> dict[str, Any]:
    """Return the body of returns/decline."""
    return {
        **_return_head(case),
        "order": _order(order),
        "decline": {"reason": case.decline_reason, "note": case.decline_note or ""},
    }


def return_moved_body(case: Return) -> dict[str, Any]:
    """Return the body of returns/cancel, returns/close and returns/reopen."""
    return {
        "id": case.id,
        "admin_graphql_api_id": gid("Return", case.id),
        "order_id": case.order_id,
        "status": case.status,
    }


def return_processed_body(case: Return) -> dict[str, Any]:
    """Return the body of returns/process, whose published sample is empty: it names the return."""
    return {"id": case.id, "admin_graphql_api_id": gid("Return", case.id)}


def return_updated_body(case: Return, removed: dict[int, int]) -> dict[str, Any]:
    """Return the body of returns/update: how many of each line of the return are no longer in it."""
    nothing: dict[str, list[Any]] = {"updates": [], "removals": []}
    removals = [{"admin_graphql_api_id": gid("ReturnLineItem", line), "delta": many} for line, many in removed.items()]
    return {
        "admin_graphql_api_id": gid("Return", case.id),
        "return_line_items": {"removals": removals},
        "restocking_fees": nothing,
        "return_shipping_fees": nothing,
    }


def _return_head(case: Return) -> dict[str, Any]:
    return {"id": case.id, "admin_graphql_api_id": gid("Return", case.id), "status": case.status}


def _order(order: Order) -> dict[str, Any]:
    return {"id": order.id, "admin_graphql_api_id": gid("Order", order.id)}
