"""Collections by script."""

import re
from typing import Any

from flask import Response, jsonify, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from devstore.api import blueprint
from devstore.api.read import DEFAULT_SHOP, body, names, needed, only, words
from devstore.state.engine import unit_of_work
from devstore.state.models import Collection, Product, Shop
from devstore.webhooks.payloads.collection import collection_body
from devstore.world.collections import CHANGEABLE, change_collection, create_collection, delete_collection
from devstore.world.find import find_in, find_shop
from devstore.world.refused import Refused


@blueprint.get("/collections")
def list_collections() -> Response:
    """List the shop's collections by id."""
    with unit_of_work(announce=False) as session:
        shop = _shop(session)
        query = select(Collection).where(Collection.shop_id == shop.id).order_by(Collection.id)
        return jsonify(collections=[collection_body(one, shop) for one in session.scalars(query)])


@blueprint.post("/collections")
def post_collection() -> tuple[Response, int]:
    """Make a collection of products by handle, or of all with a tag: `{"title", "products"? | "rule_tag"?}`."""
    given = body()
    only(given, "products", *CHANGEABLE)
    title = needed(given, "title")
    facts = _facts(given)
    facts.setdefault("handle", re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-") or "collection")
    with unit_of_work() as session:
        shop = _shop(session)
        made = create_collection(session, shop, facts, _products(session, shop, given, "products"))
        return jsonify(collection_body(made, shop)), 201


@blueprint.patch("/collections/<int:number>")
def patch_collection(number: int) -> Response:
    """Change a collection, put products in (`add`) and take others out (`remove`), by handle."""
    given = body()
    only(given, "add", "remove", *CHANGEABLE)
    with unit_of_work() as session:
        shop = _shop(session)
        collection = find_in(session, shop, Collection, number, "collection")
        add, remove = (_products(session, shop, given, field) for field in ("add", "remove"))
        change_collection(session, shop, collection, _facts(given), add, remove)
        return jsonify(collection_body(collection, shop))


@blueprint.delete("/collections/<int:number>")
def remove_collection(number: int) -> Response:
    """Delete a collection."""
    with unit_of_work() as session:
        shop = _shop(session)
        delete_collection(session, shop, find_in(session, shop, Collection, number, "collection"))
    return jsonify(deleted=True)


def _shop(session: Session) -> Shop:
    return find_shop(session, request.args.get("shop", DEFAULT_SHOP))


def _facts(given: dict[str, Any]) -> dict[str, Any]:
    return {key: needed(given, key) for key in CHANGEABLE if words(given, key) is not None}


def _products(session: Session, shop: Shop, given: dict[str, Any], field: str) -> list[Product]:
    handles = names(given, field) if field in given else []
    query = select(Product).where(Product.shop_id == shop.id, Product.handle.in_(handles)).order_by(Product.id)
    found = list(session.scalars(query))
    unknown = sorted({*handles} - {one.handle for one in found})
    if unknown:
        raise Refused(field, f"There is no product called {unknown[0]}.")
    return found
