"""Buy: cart permalink, one-form checkout, thank-you page."""

from __future__ import annotations

from decimal import Decimal

from flask import abort, redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from devstore.state.engine import unit_of_work
from devstore.state.models import Order
from devstore.storefront.checkout import COUNTRIES, Typed, buy, read_buyer, shipping_price
from devstore.storefront.front import blueprint, page, shop_named
from devstore.storefront.permalink import BadPermalink, read_permalink
from devstore.world.find import find_variant, lines_of
from devstore.world.refused import Refused


@blueprint.get("/store/<shop>/cart")
def cart(shop: str) -> ResponseReturnValue:
    """Turn the product page's form into a cart permalink."""
    variant, quantity = request.args.get("variant", ""), request.args.get("quantity", "1")
    try:
        link = read_permalink(f"{variant}:{quantity}", {})
    except BadPermalink:
        return redirect(f"/store/{shop}/")
    return redirect(f"/store/{shop}/cart/{link.path}")


@blueprint.route("/store/<shop>/cart/<items>", methods=["GET", "POST"])
def checkout(shop: str, items: str) -> ResponseReturnValue:
    """Show the checkout for a cart permalink; take the order when it is sent."""
    try:
        link = read_permalink(items, request.args)
    except BadPermalink:
        abort(404)
    with unit_of_work() as session:
        found = shop_named(session, shop)
        try:
            lines = [(*find_variant(session, found, variant), quantity) for variant, quantity in link.items]
        except Refused:
            return page("gone", found), 404
        typed = Typed(first_name=link.first_name, email=link.email, country=found.country_code)
        buyer = None
        if request.method == "POST":
            buyer, typed = read_buyer(request.form)
        subtotal = sum((variant.price * quantity for variant, _, quantity in lines), Decimal(0))
        shipped = any(variant.requires_shipping for variant, _, _ in lines)
        shipping = shipping_price(subtotal, shipped=shipped)
        if buyer is not None:
            bought = buy(session, found, buyer, link, shipping)
            return redirect(f"/store/{found.handle}/orders/{bought.token}?thanks=1", 303)
        facts = {"typed": typed, "countries": COUNTRIES.values(), "subtotal": subtotal, "shipping": shipping}
        return page("checkout", found, lines=lines, shipped=shipped, **facts), 422 if typed.errors else 200


@blueprint.get("/store/<shop>/orders/<token>")
def order(shop: str, token: str) -> ResponseReturnValue:
    """Show an order to whoever holds its secret address: the thank-you and status page."""
    with unit_of_work(announce=False) as session:
        found = shop_named(session, shop)
        bought = session.scalar(select(Order).where(Order.shop_id == found.id, Order.token == token))
        if bought is None:
            abort(404)
        lines = lines_of(session, bought)
        total = sum((line.price * line.quantity for line in lines), bought.shipping_price - bought.total_discounts)
        thanks = request.args.get("thanks") == "1"
        return page("order", found, order=bought, lines=lines, total=total, thanks=thanks)
