"""The merchant's world: the shop's admin, with the app embedded as Shopify would embed it."""

from devstore.admin.frame import blueprint

# Each module hangs its pages on the blueprint.
from devstore.admin import (  # isort: skip
    apps,
    bridge,
    customers,
    embedded,
    grant,
    order_actions,
    orders,
    products,
    strip,
)

__all__ = [
    "apps",
    "blueprint",
    "bridge",
    "customers",
    "embedded",
    "grant",
    "order_actions",
    "orders",
    "products",
    "strip",
]
