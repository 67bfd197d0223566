"""A line item's bodies: inside an order, and the leaner form inside parcels and refunds."""

from decimal import Decimal
from typing import Any

from devstore.state.models import LineItem, gid
from devstore.webhooks.payloads.values import price, price_set


def line_in_parcel(line: LineItem, currency: str, quantity: int, *, product_exists: bool) -> dict[str, Any]:
    """Return a line as fulfilments and refunds carry it; `quantity` is how many of it are meant."""
    return {
        "id": line.id,
        "variant_id": line.variant_id,
        "title": line.title,
        "quantity": quantity,
        "sku": line.sku or "",
        "variant_title": line.variant_title,
        "vendor": line.vendor,
        "fulfillment_service": "manual",
        "product_id": line.product_id,
        "requires_shipping": line.requires_shipping,
        "taxable": line.taxable,
        "gift_card": line.gift_card,
        "name": f"{line.title} - {line.variant_title}" if line.variant_title else line.title,
        "variant_inventory_management": "shopify",
        "properties": line.properties,
        "product_exists": product_exists,
        "fulfillable_quantity": line.fulfillable_quantity,
        "grams": line.grams,
        "price": price(line.price),
        "total_discount": "0.00",
        "fulfillment_status": line_status(line),
        "price_set": price_set(line.price, currency),
        "total_discount_set": price_set(Decimal(0), currency),
        "discount_allocations": [],
        "duties": [],
        "admin_graphql_api_id": gid("LineItem", line.id),
        "tax_lines": [],
    }


def line_in_order(line: LineItem, currency: str, *, product_exists: bool) -> dict[str, Any]:
    """Return a line as orders carry it: `quantity` as bought, `current_quantity` as left."""
    return {
        **line_in_parcel(line, currency, line.quantity, product_exists=product_exists),
        "attributed_staffs": [],
        "current_quantity": line.current_quantity,
        "sales_line_item_group_id": None,
    }


def line_status(line: LineItem) -> str | None:
    """Return null, partial or fulfilled."""
    if line.fulfilled_quantity == 0:
        return None
    return "partial" if line.fulfillable_quantity else "fulfilled"
