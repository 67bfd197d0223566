"""Products by script."""

import re
from typing import Any

from flask import Response, jsonify, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from devstore.api import blueprint
from devstore.api.read import DEFAULT_SHOP, body, money, names, needed, only, words
from devstore.config import settings
from devstore.state.engine import unit_of_work
from devstore.state.models import Product, Shop, Variant
from devstore.webhooks.payloads.product import product_body
from devstore.world.collections import choose_on_product
from devstore.world.find import find_in, find_shop
from devstore.world.products import CHANGEABLE, create_product, delete_product, update_product
from devstore.world.refused import Refused


@blueprint.get("/products")
def list_products() -> Response:
    """List the shop's products by id."""
    with unit_of_work(announce=False) as session:
        shop = _shop(session)
        query = select(Product).where(Product.shop_id == shop.id).order_by(Product.id)
        return jsonify(products=[_show(session, shop, one) for one in session.scalars(query)])


@blueprint.post("/products")
def post_product() -> tuple[Response, int]:
    """Make a product with one variant: `{"title", "price", "handle"?, …}`."""
    given = body()
    only(given, "handle", "price", *CHANGEABLE)
    facts = _facts(given)
    title = needed(given, "title")
    facts["handle"] = words(given, "handle") or re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-") or "product"
    with unit_of_work() as session:
        shop = _shop(session)
        product = create_product(session, shop, facts, [{"price": money(given, "price")}])
        return jsonify(_show(session, shop, product)), 201


@blueprint.patch("/products/<int:number>")
def patch_product(number: int) -> Response:
    """Change a product, its price, or by handle which collections it was chosen for."""
    given = body()
    only(given, "price", "collections", *CHANGEABLE)
    with unit_of_work() as session:
        shop = _shop(session)
        product = find_in(session, shop, Product, number, "product")
        if "collections" in given:
            choose_on_product(session, shop, product, names(given, "collections"))
        update_product(session, shop, product, _facts(given), money(given, "price") if "price" in given else None)
        return jsonify(_show(session, shop, product))


@blueprint.delete("/products/<int:number>")
def remove_product(number: int) -> Response:
    """Delete a product."""
    with unit_of_work() as session:
        shop = _shop(session)
        delete_product(session, shop, find_in(session, shop, Product, number, "product"))
    return jsonify(deleted=True)


def _shop(session: Session) -> Shop:
    return find_shop(session, request.args.get("shop", DEFAULT_SHOP))


def _facts(given: dict[str, Any]) -> dict[str, Any]:
    facts: dict[str, Any] = {key: words(given, key) for key in CHANGEABLE if key in given and key != "tags"}
    if "tags" in given:
        facts["tags"] = names(given, "tags")
    for key, value in facts.items():
        if value is None:
            raise Refused(key, f"{key} must be text.")
    return facts


def _show(session: Session, shop: Shop, product: Product) -> dict[str, Any]:
    query = select(Variant).where(Variant.product_id == product.id).order_by(Variant.position)
    return product_body(product, list(session.scalars(query)), shop, settings().origin)
