"""Orders: the list, and one order with everything that can be done to it."""

from typing import Any

from flask import Response, abort, request
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from devstore.admin.frame import blueprint, in_shop, show
from devstore.state.models import Customer, FulfillmentEvent, LineItem, Order, Shop
from devstore.webhooks.payloads.order import totals
from devstore.world.cancel import REASONS as CANCEL_REASONS
from devstore.world.carrier_event import STATUSES
from devstore.world.refused import Refused
from devstore.world.returns import REASONS as RETURN_REASONS
from devstore.world.whole import whole_order

PAGE = 40


@blueprint.get("/<handle>/orders")
def order_list(handle: str) -> Response:
    """Show the newest orders, or those a search finds."""
    with in_shop(handle) as (session, shop):
        page = max(1, request.args.get("page", 1, type=int))
        sought = request.args.get("q", "").strip()[:100].replace("\0", "")
        query = select(Order, Customer).outerjoin(Customer, Customer.id == Order.customer_id)
        query = query.where(Order.shop_id == shop.id)
        if sought:
            name = Customer.first_name + " " + func.coalesce(Customer.last_name, "")
            wanted = name.icontains(sought, autoescape=True) | Order.email.icontains(sought, autoescape=True)
            digits = sought.removeprefix("#")
            query = query.where(wanted | (Order.order_number == int(digits)) if _is_number(digits) else wanted)
        total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
        newest = query.order_by(Order.created_at.desc(), Order.id.desc()).limit(PAGE).offset((page - 1) * PAGE)
        found = [(order, customer) for order, customer in session.execute(newest)]
        sums = _totals(session, [order for order, _ in found])
        rows = [{"order": order, "customer": customer, "total": sums[order.id]} for order, customer in found]
        return show(
            session,
            shop,
            "orders",
            title="Orders",
            rows=rows,
            page=page,
            pages=-(-total // PAGE),
            total=total,
            q=sought,
        )


@blueprint.get("/<handle>/orders/<int:number>")
def order_page(handle: str, number: int) -> Response:
    """Show one order, by id or by its number."""
    with in_shop(handle) as (session, shop):
        return show_order(session, shop, find(session, shop, number))


def find(session: Session, shop: Shop, number: int) -> Order:
    """Return an order of the shop by id or by its number; 404 where there is none."""
    found = (
        session.scalars(
            select(Order).where(
                Order.shop_id == shop.id, Order.id == number if number > 10**9 else Order.order_number == number
            )
        ).one_or_none()
        if number < 10**18
        else None
    )
    if found is None:
        abort(404)
    return found


def show_order(session: Session, shop: Shop, order: Order, fault: Refused | None = None) -> Response:
    """Render an order; with a fault, what was refused and why."""
    whole = whole_order(session, order)
    facts: dict[str, Any] = {
        "whole": whole,
        "order": order,
        "sums": totals(order, whole.lines),
        "events": {one.fulfillment.id: _events(session, one.fulfillment.id) for one in whole.parcels},
        "left": [line for line in whole.lines if line.fulfillable_quantity],
        "refundable": [line for line in whole.lines if line.current_quantity],
        "shipped": [line for line in whole.lines if line.fulfilled_quantity],
        "statuses": list(STATUSES),
        "cancel_reasons": CANCEL_REASONS,
        "return_reasons": RETURN_REASONS,
        "fault": fault,
    }
    return show(session, shop, "order", 422 if fault else 200, title=order.name, **facts)


def _events(session: Session, parcel: int) -> list[FulfillmentEvent]:
    newest = FulfillmentEvent.happened_at.desc(), FulfillmentEvent.id.desc()
    query = select(FulfillmentEvent).where(FulfillmentEvent.fulfillment_id == parcel).order_by(*newest)
    return list(session.scalars(query))


def _totals(session: Session, orders: list[Order]) -> dict[int, str]:
    """Return what each order came to, in words, from one look at all their lines."""
    lines: dict[int, list[LineItem]] = {order.id: [] for order in orders}
    for line in session.scalars(select(LineItem).where(LineItem.order_id.in_(lines))):
        lines[line.order_id].append(line)
    return {order.id: f"{totals(order, tuple(lines[order.id])).total:.2f} {order.currency}" for order in orders}


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10
