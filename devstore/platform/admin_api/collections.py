"""Answer for collections and what is in them."""

from typing import Any

from sqlalchemy import ColumnElement, select

from devstore.platform.admin_api.call import Call
from devstore.platform.admin_api.connection import Page, page_from, page_of
from devstore.platform.admin_api.field import attributes, field, globally
from devstore.platform.admin_api.orders import note
from devstore.platform.admin_api.search import moment, number, search, word
from devstore.platform.names import read_gid
from devstore.state.models import Collection, Product, Shop
from devstore.world.collections import holds

SORTS: dict[str, ColumnElement[Any]] = {
    "ID": Collection.id.expression,
    "TITLE": Collection.title.expression,
    "UPDATED_AT": Collection.updated_at.expression,
}
SEARCH = {
    "updated_at": moment(Collection.updated_at),
    "id": number(Collection.id),
    "handle": word(Collection.handle),
    "title": word(Collection.title),
}

globally("Collection")
attributes("Collection", "handle", "title", "updatedAt")


def one_collection(call: Call, number_of_it: int) -> Collection | None:
    """Return one collection of the shop."""
    row: Collection | None = call.shelf.row(Collection, number_of_it)
    return row if row is not None and row.shop_id == call.shop.id else None


@field("QueryRoot", "collection")
def collection(_: Any, call: Call, args: dict[str, Any]) -> Collection | None:
    """Return a collection by id."""
    ident = read_gid(args["id"])
    return one_collection(call, ident[1]) if ident and ident[0] == "Collection" else None


@field("QueryRoot", "collections")
def collections(_: Any, call: Call, args: dict[str, Any]) -> Page:
    """Return a page of collections."""
    found = search(args.get("query"), SEARCH)
    note(call, args, found)
    statement = select(Collection).where(Collection.shop_id == call.shop.id, *found.conditions)
    sort = SORTS.get(args.get("sortKey", "ID"), Collection.id.expression)
    page = page_from(call.session, statement, args, sort, Collection.id.expression)
    call.shelf.put(page.nodes)
    return page


@field("Collection", "products")
def collection_products(row: Collection, call: Call, args: dict[str, Any]) -> Page:
    """Return a page of what is in it."""
    every = call.shelf.children(Product.shop_id, Shop, call.shop.id)
    return page_of([one for one in every if holds(row, one)], args)


@field("Product", "collections")
def product_collections(row: Product, call: Call, args: dict[str, Any]) -> Page:
    """Return a page of the collections a product is in."""
    every = call.shelf.children(Collection.shop_id, Shop, call.shop.id)
    return page_of([one for one in every if holds(one, row)], args)
