"""Answer for collections and what is in them."""

from typing import Any

from devstore.platform.admin_api.call import Call
from devstore.platform.admin_api.connection import Page, page_of
from devstore.platform.admin_api.field import attributes, field, globally
from devstore.platform.names import read_gid
from devstore.state.models import Collection, Product, Shop
from devstore.world.collections import holds

globally("Collection")
attributes("Collection", "handle", "title", "updatedAt")


def one_collection(call: Call, number: int) -> Collection | None:
    """Return one collection of the shop."""
    row: Collection | None = call.shelf.row(Collection, number)
    return row if row is not None and row.shop_id == call.shop.id else None


@field("QueryRoot", "collection")
def collection(_: Any, call: Call, args: dict[str, Any]) -> Collection | None:
    """Return a collection by id."""
    ident = read_gid(args["id"])
    return one_collection(call, ident[1]) if ident and ident[0] == "Collection" else None


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
