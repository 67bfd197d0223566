"""Find anything by its global id, and know what kind a row is."""

from collections.abc import Callable
from typing import Any

from devstore.platform.admin_api.access import FIELDS, PERSONAL, TYPES, denied, unapproved
from devstore.platform.admin_api.call import Call
from devstore.platform.admin_api.collections import one_collection
from devstore.platform.admin_api.customers import one_customer
from devstore.platform.admin_api.field import field
from devstore.platform.admin_api.metaobjects import one_metaobject
from devstore.platform.admin_api.orders import one_order
from devstore.platform.admin_api.parcels import one_fulfillment
from devstore.platform.admin_api.products import Picture, one_product, one_variant
from devstore.platform.admin_api.returns import one_of_order
from devstore.platform.bulk.tables import BulkOperation
from devstore.platform.names import read_gid
from devstore.platform.tables import Installation, Metafield, MetafieldDefinition, Metaobject, MetaobjectDefinition
from devstore.state.models import (
    Collection,
    Customer,
    Fulfillment,
    FulfillmentEvent,
    FulfillmentLine,
    LineItem,
    Order,
    Product,
    Refund,
    Return,
    ReturnLine,
    Shop,
    Variant,
)

NAMES: dict[type[Any], str] = {
    BulkOperation: "BulkOperation",
    Collection: "Collection",
    Customer: "Customer",
    Fulfillment: "Fulfillment",
    FulfillmentEvent: "FulfillmentEvent",
    FulfillmentLine: "FulfillmentLineItem",
    Installation: "AppInstallation",
    LineItem: "LineItem",
    Metafield: "Metafield",
    MetafieldDefinition: "MetafieldDefinition",
    Metaobject: "Metaobject",
    MetaobjectDefinition: "MetaobjectDefinition",
    Order: "Order",
    Picture: "MediaImage",
    Product: "Product",
    Refund: "Refund",
    Return: "Return",
    ReturnLine: "ReturnLineItem",
    Shop: "Shop",
    Variant: "ProductVariant",
}


def _of_order(model: type[Any]) -> Callable[[Call, int], Any]:
    def read(call: Call, number: int) -> Any:
        row = call.shelf.row(model, number)
        return row if row is not None and one_order(call, row.order_id) is not None else None

    return read


READERS: dict[str, Callable[[Call, int], Any]] = {
    "AppInstallation": lambda call, number: call.installation if number == call.shop.id else None,
    "Collection": one_collection,
    "Customer": one_customer,
    "Fulfillment": one_fulfillment,
    "FulfillmentEvent": _of_order(FulfillmentEvent),
    "LineItem": _of_order(LineItem),
    "Metaobject": one_metaobject,
    "Order": one_order,
    "Product": one_product,
    "ProductVariant": one_variant,
    "Refund": lambda call, number: one_of_order(call, Refund, number),
    "Return": lambda call, number: one_of_order(call, Return, number),
    "Shop": lambda call, number: call.shop if number == call.shop.id else None,
}


def typename(row: Any) -> str:
    """Return the schema's name for a row."""
    return NAMES[type(row)]


def find(call: Call, gid: str) -> Any:
    """Return what a global id names, or nothing.

    Raises GraphQLError when the app lacks the scope for that kind, or the approval for data about customers.
    """
    ident = read_gid(gid)
    reader = READERS.get(ident[0]) if ident else None
    if ident is None or reader is None:
        return None
    needed = TYPES.get(ident[0]) or FIELDS.get(("QueryRoot", ident[0].lower()))
    if needed and call.scopes.isdisjoint(needed):
        raise denied("node", needed)
    if call.installation.data_level < 1 and ident[0] in PERSONAL:
        raise unapproved(f"access the {ident[0]} object")
    return reader(call, ident[1])


@field("QueryRoot", "node")
def node(_: Any, call: Call, args: dict[str, Any]) -> Any:
    """Return what one id names."""
    return find(call, args["id"])


@field("QueryRoot", "nodes")
def nodes(_: Any, call: Call, args: dict[str, Any]) -> list[Any]:
    """Return what the ids name, in their order; nothing where there is nothing."""
    return [find(call, gid) for gid in args["ids"]]
