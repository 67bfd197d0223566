"""Know what a metafield can hang on, and which scope writing there takes."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLError

from devstore.platform.admin_api.access import denied
from devstore.platform.admin_api.call import Call
from devstore.platform.admin_api.customers import one_customer
from devstore.platform.admin_api.orders import one_order
from devstore.platform.admin_api.products import one_product, one_variant
from devstore.platform.names import read_gid
from devstore.platform.tables import Installation
from devstore.state.models import Customer, Order, Product, Shop, Variant


@dataclass(frozen=True)
class Kind:
    """One kind of owner: Shopify's name for it, how to find one, and the scope it takes to write."""

    owner_type: str
    find: Callable[[Call, int], Any]
    scope: str | None


def _shop(call: Call, number: int) -> Shop | None:
    return call.shop if number == call.shop.id else None


def _installation(call: Call, number: int) -> Installation | None:
    return call.installation if number == call.shop.id else None


KINDS: dict[str, Kind] = {
    "AppInstallation": Kind("API_PERMISSION", _installation, None),
    "Customer": Kind("CUSTOMER", one_customer, "write_customers"),
    "Order": Kind("ORDER", one_order, "write_orders"),
    "Product": Kind("PRODUCT", one_product, "write_products"),
    "ProductVariant": Kind("PRODUCTVARIANT", one_variant, "write_products"),
    "Shop": Kind("SHOP", _shop, None),
}
OF_ROW: dict[type[Any], str] = {
    Customer: "CUSTOMER",
    Installation: "API_PERMISSION",
    Order: "ORDER",
    Product: "PRODUCT",
    Shop: "SHOP",
    Variant: "PRODUCTVARIANT",
}


def number_of(row: Any) -> int:
    """Return the number a row's metafields are kept under."""
    return int(row.shop_id if isinstance(row, Installation) else row.id)


def owner_kind(gid: str) -> Kind | None:
    """Return the kind of owner a global id names."""
    ident = read_gid(gid)
    return KINDS.get(ident[0]) if ident else None


def find_owner(call: Call, gid: str) -> Any:
    """Return the owner a global id names, or nothing."""
    ident = read_gid(gid)
    kind = KINDS.get(ident[0]) if ident else None
    return kind.find(call, ident[1]) if kind and ident else None


def may_write(call: Call, kind: Kind, mutation: str) -> None:
    """Let the app write metafields there, or raise GraphQLError."""
    if kind.scope is not None and kind.scope not in call.scopes:
        raise denied(mutation, (kind.scope,))


def kind_of_type(owner_type: str) -> Kind:
    """Return the kind with this owner type.

    Raises GraphQLError for one this store has no metafields on.
    """
    for kind in KINDS.values():
        if kind.owner_type == owner_type:
            return kind
    raise GraphQLError(f"No metafields on {owner_type} here.")
