"""Keep what Shopify says about products and variants; a deleted one keeps its row, for the lines that name it."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import BigInteger, bindparam, select
from sqlalchemy.orm import Session

from app.catalog.collections import listed
from app.catalog.models import Product, Variant
from app.kit.rows.one_trip import one_trip
from app.kit.rows.question import SHOP
from app.kit.rows.upsert import change, find_or_make
from app.kit.work import entered_shop
from app.shopify.payloads.goods import ProductFacts, VariantFacts

VARIANTS: Final = select(Variant).where(
    Variant.shop_id == SHOP, Variant.product_id == bindparam("product", type_=BigInteger)
)
DELETE: Final = """
update product set deleted_at = %(at)s where shop_id = %(shop)s and shopify_id = %(product)s and deleted_at is null"""
DELETE_VARIANTS: Final = """
update variant v set deleted_at = %(at)s from product p
where v.shop_id = %(shop)s and v.product_id = p.id and v.deleted_at is null
    and p.shop_id = %(shop)s and p.shopify_id = %(product)s"""


def record_product(session: Session, facts: ProductFacts) -> Product:
    """Upsert a product with its variants; facts older than the stored ones change nothing.

    Nor does a webhook's body of the same second: it may be the older one, and the next reconciliation asks the shop.
    """
    told = {
        "title": facts.title,
        "handle": facts.handle,
        "status": facts.status,
        "product_type": facts.product_type,
        "tags": ", ".join(facts.tags),
        "image_url": facts.image_url,
        "source_updated_at": facts.updated_at,
    }
    if "collections" not in facts.untold:
        told["collections"] = listed(facts.collections)
    key = {"shop_id": entered_shop(session), "shopify_id": facts.shopify_id}
    product, made = find_or_make(session, Product, key, told)
    if not made and (
        facts.updated_at < product.source_updated_at or (facts.updated_at == product.source_updated_at and facts.untold)
    ):
        return product
    change(product, told)
    _record_variants(session, product, facts)
    return product


def delete_product(session: Session, shopify_id: int, at: datetime) -> None:
    """Mark a product and its variants deleted."""
    which = {"shop": entered_shop(session), "product": shopify_id, "at": at}
    one_trip(session, [(DELETE, which), (DELETE_VARIANTS, which)])


def _record_variants(session: Session, product: Product, facts: ProductFacts) -> None:
    kept = session.scalars(VARIANTS, {"shop": product.shop_id, "product": product.id})
    known = {variant.shopify_id: variant for variant in kept}
    for told in facts.variants:
        variant = known.pop(told.shopify_id, None) or _make(session, product, told)
        described = {
            "title": told.title,
            "price": told.price,
            "available": told.is_available if told.is_available is not None else variant.available,
            "source_updated_at": told.updated_at or facts.updated_at,
            "deleted_at": None,
        }
        change(variant, described)
    if "variants" not in facts.truncated:
        for gone in known.values():
            gone.deleted_at = gone.deleted_at or facts.updated_at


def _make(session: Session, product: Product, told: VariantFacts) -> Variant:
    variant = Variant(shop_id=product.shop_id, product_id=product.id, shopify_id=told.shopify_id, available=True)
    session.add(variant)
    return variant
