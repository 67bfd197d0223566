"""Read the lines of a bulk operation over orders, as `bulk_orders.graphql` asks for them. Pure.

An order stands alone, an order's line names its order in `__parentId`; which comes first is Shopify's to choose.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from app.shopify.payloads import node_orders
from app.shopify.payloads.facts import LineFacts, OrderFacts
from app.shopify.payloads.fields import Fields
from app.shopify.payloads.strict_json import parse

NOTHING: dict[str, Any] = {"nodes": [], "pageInfo": {"hasNextPage": False}}
PARENT = "__parentId"
LINE_MAX_BYTES = 2_000_000


def is_child(raw: bytes) -> bool:
    """Tell an order's line from an order without reading either."""
    return b'"__parentId"' in raw


def order(raw: bytes) -> OrderFacts:
    """Return the order in a line: without its lines, its parcels without contents and scans. Raises PayloadError.

    A parcel with nothing to carry has "carried" among its `untold`.
    """
    node = parse(raw, LINE_MAX_BYTES)
    parcels = [part for part in node.get("fulfillments") or () if isinstance(part, dict)]
    node |= {"lineItems": NOTHING, "refunds": [], "returns": NOTHING}
    node["fulfillments"] = [part | {"events": NOTHING, "fulfillmentLineItems": NOTHING} for part in parcels]
    facts = node_orders.order(node)
    marked = tuple(
        replace(parcel, untold=parcel.untold | {"events", "lines"} | ({"carried"} if _is_file(part) else set()))
        for parcel, part in zip(facts.fulfillments, parcels, strict=True)
    )
    return replace(facts, fulfillments=marked, untold=facts.untold | {"lines", "refunds", "returns", "status_url"})


def order_line(raw: bytes) -> tuple[int, LineFacts]:
    """Return an order's Shopify id and the line. Raises PayloadError."""
    node = parse(raw, LINE_MAX_BYTES)
    (line,) = node_orders.lines({"lineItems": NOTHING | {"nodes": [node]}})
    return Fields(node).identifier(PARENT), line


def _is_file(part: dict[str, Any]) -> bool:
    return part.get("requiresShipping") is False
