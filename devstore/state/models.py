"""Every table of the dev store in one list, for whoever queries them.

Installations, tokens, metafields and metaobjects live in ``devstore/platform/tables.py``, on the
same ``Base``.
"""

from devstore.state.base import Base, gid
from devstore.state.plumbing import (
    Clock,
    Faults,
    Mail,
    Planned,
    Redaction,
    Seeded,
    SinkPosition,
    TopicLoss,
    Visit,
    WebhookDelivery,
)
from devstore.state.sales import (
    Fulfillment,
    FulfillmentEvent,
    FulfillmentLine,
    LineItem,
    Order,
    Refund,
    RefundLine,
    Return,
    ReturnLine,
)
from devstore.state.store import Collection, Customer, Product, Shop, Variant

__all__ = [
    "Base",
    "Clock",
    "Collection",
    "Customer",
    "Faults",
    "Fulfillment",
    "FulfillmentEvent",
    "FulfillmentLine",
    "LineItem",
    "Mail",
    "Order",
    "Planned",
    "Product",
    "Redaction",
    "Refund",
    "RefundLine",
    "Return",
    "ReturnLine",
    "Seeded",
    "Shop",
    "SinkPosition",
    "TopicLoss",
    "Variant",
    "Visit",
    "WebhookDelivery",
    "gid",
]
