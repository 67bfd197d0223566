"""Products: the list, and one product with what the app wrote about it."""

from typing import Any

from flask import Response, abort, jsonify, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from devstore.admin.frame import blueprint, in_shop, show
from devstore.config import settings
from devstore.platform.tables import Metafield
from devstore.state.models import Product, Shop, Variant, gid

MOST = 250


@blueprint.get("/<handle>/products")
def product_list(handle: str) -> Response:
    """Show what the shop sells."""
    with in_shop(handle) as (session, shop):
        return show(session, shop, "products", title="Products", rows=_rows(session, shop))


@blueprint.get("/<handle>/products/<int:number>")
def product_page(handle: str, number: int) -> Response:
    """Show one product."""
    with in_shop(handle) as (session, shop):
        product = session.get(Product, number) if number < 10**18 else None
        if product is None or product.shop_id != shop.id:
            abort(404)
        written = select(Metafield).where(
            Metafield.shop_id == shop.id, Metafield.owner_type == "PRODUCT", Metafield.owner_id == product.id
        )
        return show(
            session,
            shop,
            "product",
            title=product.title,
            product=product,
            variants=_variants(session, product),
            metafields=session.scalars(written.order_by(Metafield.namespace, Metafield.key)).all(),
        )


@blueprint.get("/<handle>/products.json")
def product_choice(handle: str) -> Response:
    """Return what the resource picker offers."""
    sought = request.args.get("query", "").strip()[:100].replace("\0", "").lower()
    with in_shop(handle) as (session, shop):
        rows = [row for row in _rows(session, shop) if sought in row["product"].title.lower()]
        return jsonify([_choice(row) for row in rows])


def _rows(session: Session, shop: Shop) -> list[dict[str, Any]]:
    query = select(Product).where(Product.shop_id == shop.id).order_by(Product.title, Product.id).limit(MOST)
    products = session.scalars(query).all()
    kept: dict[int, list[Variant]] = {product.id: [] for product in products}
    by_place = select(Variant).where(Variant.product_id.in_(kept)).order_by(Variant.position, Variant.id)
    for variant in session.scalars(by_place):
        kept[variant.product_id].append(variant)
    return [{"product": product, "variants": kept[product.id]} for product in products]


def _variants(session: Session, product: Product) -> list[Variant]:
    query = select(Variant).where(Variant.product_id == product.id).order_by(Variant.position, Variant.id)
    return list(session.scalars(query))


def _choice(row: dict[str, Any]) -> dict[str, Any]:
    product: Product = row["product"]
    picture = f"{settings().origin}/pictures/{product.drawing}.svg"
    return {
        "id": gid("Product", product.id),
        "title": product.title,
        "handle": product.handle,
        "images": [{"originalSrc": picture, "altText": product.title}] if product.drawing else [],
        "variants": [
            {"id": gid("ProductVariant", one.id), "title": one.title, "price": f"{one.price:.2f}"}
            for one in row["variants"]
        ],
    }
