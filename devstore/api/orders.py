"""Orders by script: place, look, pay, edit, cancel, refund, delete."""

import json
from typing import Any

from flask import Response, jsonify, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from devstore.api import blueprint
from devstore.api.read import DEFAULT_SHOP, body, money, names, needed, only, pairs, whole_number, words
from devstore.api.show import show_order, show_orders
from devstore.state.engine import unit_of_work
from devstore.state.models import Customer, Order, Shop
from devstore.world.cancel import cancel
from devstore.world.customers import create_customer, find_customer
from devstore.world.delete_order import delete_order
from devstore.world.edit import edit
from devstore.world.find import find_in, find_order, find_shop
from devstore.world.pay import pay
from devstore.world.place_order import Basket, place_order
from devstore.world.refund import refund
from devstore.world.refused import Refused

# Bodies made at once; a listing of everything would otherwise take 20 MB for good.
TOGETHER = 40
NEW_CUSTOMER = ("email", "first_name", "last_name", "phone", "locale", "address", "consent")


@blueprint.post("/orders")
def post_order() -> tuple[Response, int]:
    """Place an order, paid unless `"paid": false`, for a customer by id, by address, or new."""
    given = body()
    only(
        given,
        *("shop", "customer_id", "customer", "email", "lines", "shipping_price", "note", "tags", "gift"),
        *("discount_code", "discount_amount", "paid", "test", "locale"),
    )
    code = words(given, "discount_code")
    with unit_of_work() as session:
        shop = find_shop(session, words(given, "shop") or DEFAULT_SHOP)
        basket = Basket(
            lines=pairs(given, "lines", "variant"),
            shipping_price=money(given, "shipping_price", "0"),
            note=words(given, "note"),
            tags=names(given, "tags"),
            gift=bool(given.get("gift")),
            discount=(code, money(given, "discount_amount", "0")) if code else None,
            paid=given.get("paid", True) is not False,
            test=bool(given.get("test")),
            locale=words(given, "locale"),
        )
        order = place_order(session, shop, _shopper(session, shop, given), basket)
        return jsonify(show_order(session, order)), 201


def _shopper(session: Session, shop: Shop, given: dict[str, Any]) -> Customer:
    if "customer_id" in given:
        return find_in(session, shop, Customer, whole_number(given, "customer_id"), "customer_id")
    facts = given.get("customer") or {"email": needed(given, "email")}
    if not isinstance(facts, dict):
        raise Refused("customer", "customer must be an object.")
    only(facts, *NEW_CUSTOMER)
    email = needed(facts, "email")
    return find_customer(session, shop, email) or create_customer(session, shop, facts)


@blueprint.get("/orders")
def list_orders() -> Response:
    """List orders, newest first: `?shop=&email=&before=<order number>&limit=` (500 at most)."""
    with unit_of_work(announce=False) as session:
        shop = find_shop(session, request.args.get("shop", DEFAULT_SHOP))
        query = select(Order).where(Order.shop_id == shop.id).order_by(Order.order_number.desc())
        if email := request.args.get("email"):
            query = query.where(Order.email == email.replace("\0", ""))
        if before := request.args.get("before"):
            query = query.where(Order.order_number < whole_number({"before": before}, "before"))
        limit = min(500, max(1, whole_number({"limit": request.args.get("limit", "50")}, "limit")))
        ids = session.scalars(query.with_only_columns(Order.id).limit(limit)).all()
        pieces = []
        for start in range(0, len(ids), TOGETHER):
            some = query.where(Order.id.in_(ids[start : start + TOGETHER]))
            pieces += [json.dumps(body) for body in show_orders(session, session.scalars(some).all())]
            session.expunge_all()
    return Response(f'{{"orders":[{",".join(pieces)}]}}', mimetype="application/json")


@blueprint.get("/orders/<key>")
def get_order(key: str) -> Response:
    """Show one order by id or number."""
    with unit_of_work(announce=False) as session:
        return jsonify(show_order(session, _order(session, key)))


@blueprint.delete("/orders/<key>")
def remove_order(key: str) -> Response:
    """Delete an order."""
    with unit_of_work() as session:
        delete_order(session, _order(session, key))
    return jsonify(deleted=True)


@blueprint.post("/orders/<key>/pay")
def pay_order(key: str) -> Response:
    """Pay an order placed unpaid."""
    with unit_of_work() as session:
        order = _order(session, key)
        pay(session, order)
        return jsonify(show_order(session, order))


@blueprint.post("/orders/<key>/edit")
def edit_order(key: str) -> Response:
    """Add `[{"variant", "quantity"}]` and remove `[{"line", "quantity"}]`."""
    given = body()
    only(given, "add", "remove")
    with unit_of_work() as session:
        order = _order(session, key)
        edit(session, order, add=pairs(given, "add", "variant"), remove=pairs(given, "remove", "line"))
        return jsonify(show_order(session, order))


@blueprint.post("/orders/<key>/cancel")
def cancel_order(key: str) -> Response:
    """Cancel an order: `{"reason": "customer"}`; money is given back unless `"refund": false`."""
    given = body()
    only(given, "reason", "refund")
    with unit_of_work() as session:
        order = _order(session, key)
        cancel(session, order, words(given, "reason", "customer") or "customer", repay=given.get("refund") is not False)
        return jsonify(show_order(session, order))


@blueprint.post("/orders/<key>/refunds")
def refund_order(key: str) -> tuple[Response, int]:
    """Refund `[{"line", "quantity"}]`, or everything left where `lines` is absent; `amount` alone gives money only."""
    given = body()
    only(given, "lines", "note", "restock", "amount")
    with unit_of_work() as session:
        order = _order(session, key)
        refund(
            session,
            order,
            lines=pairs(given, "lines", "line") if "lines" in given or "amount" in given else None,
            note=words(given, "note"),
            restock=bool(given.get("restock")),
            money_only=money(given, "amount") if "amount" in given else None,
        )
        return jsonify(show_order(session, order)), 201


def _order(session: Session, key: str) -> Order:
    shop = find_shop(session, request.args.get("shop", DEFAULT_SHOP))
    return find_order(session, shop, key)
