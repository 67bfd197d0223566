"""Keep what Shopify says about products and variants; a deleted one keeps its row, for the lines that name it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.catalog.collections import listed
from app.catalog.models import Product, Variant
from app.kit.upsert import find_or_make
from app.kit.work import entered_shop
from app.shopify.payloads.goods import ProductFacts, VariantFacts


def record_product(session: Session, facts: ProductFacts) -> Product:
    """Upsert a product with its variants; facts older than the stored ones change nothing.

    Nor does a webhook's body of the same second: it may be the older one, and the next reconciliation asks the shop.
    """
    product, made = find_or_make(
        session,
        Product,
        {"shop_id": entered_shop(session), "shopify_id": facts.shopify_id},
        {
            "title": facts.title,
            "handle": facts.handle,
            "status": facts.status,
            "tags": "",
            "source_updated_at": facts.updated_at,
        },
    )
    if not made and (
        facts.updated_at < product.source_updated_at or (facts.updated_at == product.source_updated_at and facts.untold)
    ):
        return product
    product.title, product.handle, product.status = facts.title, facts.handle, facts.status
    product.product_type = facts.product_type
    product.tags = ", ".join(facts.tags)
    product.image_url = facts.image_url
    if "collections" not in facts.untold:
        product.collections = listed(facts.collections)
    product.source_updated_at = facts.updated_at
    session.flush()
    _record_variants(session, product, facts)
    return product


def delete_product(session: Session, shopify_id: int, at: datetime) -> None:
    """Mark a product and its variants deleted."""
    shop = entered_shop(session)
    session.execute(
        update(Product)
        .where(Product.shop_id == shop, Product.shopify_id == shopify_id, Product.deleted_at.is_(None))
        .values(deleted_at=at),
    )
    ids = select(Product.id).where(Product.shop_id == shop, Product.shopify_id == shopify_id)
    session.execute(
        update(Variant)
        .where(Variant.shop_id == shop, Variant.product_id.in_(ids), Variant.deleted_at.is_(None))
        .values(deleted_at=at),
    )


def _record_variants(session: Session, product: Product, facts: ProductFacts) -> None:
    known = {
        variant.shopify_id: variant
        for variant in session.scalars(
            select(Variant).where(Variant.shop_id == product.shop_id, Variant.product_id == product.id)
        )
    }
    for told in facts.variants:
        variant = known.pop(told.shopify_id, None) or _make(session, product, told)
        variant.title, variant.price = told.title, told.price
        variant.available = told.is_available if told.is_available is not None else variant.available
        variant.source_updated_at = told.updated_at or facts.updated_at
        variant.deleted_at = None
    if "variants" not in facts.truncated:
        for gone in known.values():
            gone.deleted_at = gone.deleted_at or facts.updated_at


def _make(session: Session, product: Product, told: VariantFacts) -> Variant:
    variant = Variant(shop_id=product.shop_id, product_id=product.id, shopify_id=told.shopify_id, available=True)
    session.add(variant)
    return variant
