"""Customers: the list, and one customer with their consent and their rights."""

from flask import Response, abort, redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from devstore.admin.frame import blueprint, in_shop, show
from devstore.state.models import Customer, Order, Shop
from devstore.world.customers import find_customer, set_consent
from devstore.world.merge import merge_customers
from devstore.world.shop import redact_customer, request_data

PAGE = 50


@blueprint.get("/<handle>/customers")
def customer_list(handle: str) -> Response:
    """Show the customers, newest first, or those a search finds."""
    with in_shop(handle) as (session, shop):
        page = max(1, request.args.get("page", 1, type=int))
        sought = request.args.get("q", "").strip()[:100].replace("\0", "")
        query = select(Customer).where(Customer.shop_id == shop.id)
        if sought:
            name = func.concat_ws(" ", Customer.first_name, Customer.last_name)
            query = query.where(
                name.icontains(sought, autoescape=True) | Customer.email.icontains(sought, autoescape=True)
            )
        total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
        newest = query.order_by(Customer.created_at.desc(), Customer.id.desc())
        rows = session.scalars(newest.limit(PAGE).offset((page - 1) * PAGE)).all()
        pages = -(-total // PAGE)
        return show(
            session, shop, "customers", title="Customers", rows=rows, page=page, pages=pages, total=total, q=sought
        )


@blueprint.get("/<handle>/customers/<int:number>")
def customer_page(handle: str, number: int) -> Response:
    """Show one customer."""
    with in_shop(handle) as (session, shop):
        customer = _find(session, shop, number)
        mine = select(Order).where(Order.customer_id == customer.id, Order.shop_id == shop.id)
        orders = session.scalars(mine.order_by(Order.created_at.desc())).all()
        title = " ".join(filter(None, (customer.first_name, customer.last_name))) or customer.email or "Customer"
        done = request.args.get("done", "")
        return show(session, shop, "customer", title=title, customer=customer, orders=orders, done=done)


@blueprint.post("/<handle>/customers/<int:number>/<action>")
def act_on_customer(handle: str, number: int, action: str) -> ResponseReturnValue:
    """Change the consent, merge into another customer, or pass on a wish under data-protection law."""
    with in_shop(handle, announce=True) as (session, shop):
        customer = _find(session, shop, number)
        if action == "merge":
            kept = find_customer(session, shop, request.form.get("into", "").strip().replace("\0", ""))
            if kept is None or kept.id == customer.id:
                return redirect(f"/admin/{handle}/customers/{number}?done=no-other", code=303)
            merge_customers(session, shop, customer, kept)
            return redirect(f"/admin/{handle}/customers/{kept.id}?done=merge", code=303)
        if action == "consent":
            set_consent(session, shop, customer, request.form.get("state", ""))
        elif action == "data-request":
            request_data(session, shop, customer)
        elif action == "redact":
            redact_customer(session, shop, customer)
        else:
            abort(404)
    return redirect(f"/admin/{handle}/customers/{number}?done={action}", code=303)


def _find(session: Session, shop: Shop, number: int) -> Customer:
    found = session.get(Customer, number) if number < 10**18 else None
    if found is None or found.shop_id != shop.id:
        abort(404)
    return found
