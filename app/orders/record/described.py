"""Say what is told of an order and its lines by the names of their columns, now and of the past. Pure."""

from __future__ import annotations

from typing import Any

from app.customers.address import normalise
from app.orders.gift import gift_by, is_renewal
from app.shopify.payloads.facts import LineFacts, OrderFacts


def order_columns(facts: OrderFacts, *, erased: bool) -> dict[str, Any]:
    """Return the columns; of an order whose buyer is erased nothing that names them."""
    there = facts.destination
    return {
        "name": facts.name,
        "email": None if erased else normalise(facts.email),
        "email_withheld": "email" in facts.withheld,
        "locale": facts.locale,
        "country": there.country if there else None,
        "province": there.province if there and not erased else None,
        "zip": there.zip if there and not erased else None,
        "recipient_name": there.first_name if there and not erased else None,
        "currency": facts.total.currency,
        "total": facts.total.amount,
        "financial_status": str(facts.financial_status),
        "fulfillment_status": str(facts.fulfillment_status),
        "service": facts.service,
        "is_test": facts.is_test,
        "note": None if erased else facts.note,
        "tags": ", ".join(facts.tags),
        "discount_codes": None if erased else "\n".join(facts.discount_codes),
        "gift": gift_by(facts.note, facts.attributes),
        "renewal": is_renewal(facts.source, facts.tags),
        "status_url": None if erased else facts.status_url,
        "placed_at": facts.placed_at,
        "cancelled_at": facts.cancelled_at,
        "cancel_reason": facts.cancel_reason,
        "source_updated_at": facts.updated_at,
    }


def line_columns(facts: LineFacts) -> dict[str, Any]:
    """Return the columns of one line."""
    return {
        "product_shopify_id": facts.product_shopify_id,
        "variant_shopify_id": facts.variant_shopify_id,
        "title": facts.title,
        "variant_title": facts.variant_title,
        "sku": facts.sku or "",
        "quantity": facts.quantity,
        "current_quantity": facts.current_quantity,
        "requires_shipping": facts.requires_shipping,
        "is_gift_card": facts.is_gift_card,
        "price": facts.unit_price.amount,
    }
