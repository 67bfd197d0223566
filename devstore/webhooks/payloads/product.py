"""Bodies of products."""

from typing import Any

from devstore.state.models import Product, Shop, Variant, gid
from devstore.webhooks.payloads.values import price, when

PICTURE_SIZE = 800


def product_body(product: Product, variants: list[Variant], shop: Shop, origin: str) -> dict[str, Any]:
    """Return the body of products/create and products/update; `origin` is where pictures are served."""
    image = _image(product, shop, origin)
    return {
        "admin_graphql_api_id": gid("Product", product.id),
        "body_html": product.body_html,
        "created_at": when(product.created_at, shop),
        "handle": product.handle,
        "id": product.id,
        "product_type": product.product_type,
        "published_at": when(product.published_at, shop),
        "template_suffix": None,
        "title": product.title,
        "updated_at": when(product.updated_at, shop),
        "vendor": product.vendor,
        "status": product.status,
        "published_scope": "web",
        "tags": ", ".join(product.tags),
        "variants": [_variant(variant, shop) for variant in variants],
        "options": [
            {
                "name": "Title" if len(variants) == 1 else "Option",
                "id": product.id + 1,
                "product_id": product.id,
                "position": 1,
                "values": [variant.title for variant in variants],
            }
        ],
        "images": [image] if image else [],
        "image": image,
        "media": [],
        "variant_gids": [
            {"admin_graphql_api_id": gid("ProductVariant", one.id), "updated_at": when(one.updated_at, shop)}
            for one in variants
        ],
        "has_variants_that_requires_components": False,
        "category": None,
    }


def _variant(variant: Variant, shop: Shop) -> dict[str, Any]:
    compare = variant.compare_at_price
    return {
        "admin_graphql_api_id": gid("ProductVariant", variant.id),
        "barcode": None,
        "compare_at_price": None if compare is None else price(compare),
        "created_at": when(variant.created_at, shop),
        "id": variant.id,
        "inventory_policy": "deny",
        "position": variant.position,
        "price": price(variant.price),
        "product_id": variant.product_id,
        "sku": variant.sku,
        "taxable": variant.taxable,
        "title": variant.title,
        "updated_at": when(variant.updated_at, shop),
        "option1": variant.title,
        "option2": None,
        "option3": None,
        "image_id": None,
        "inventory_item_id": variant.inventory_item_id,
        "inventory_quantity": variant.inventory_quantity,
        "old_inventory_quantity": variant.inventory_quantity,
    }


def _image(product: Product, shop: Shop, origin: str) -> dict[str, Any] | None:
    if not product.drawing or not product.image_id:
        return None
    return {
        "id": product.image_id,
        "alt": product.title,
        "position": 1,
        "product_id": product.id,
        "created_at": when(product.created_at, shop),
        "updated_at": when(product.created_at, shop),
        "admin_graphql_api_id": gid("ProductImage", product.image_id),
        "width": PICTURE_SIZE,
        "height": PICTURE_SIZE,
        "src": f"{origin}/pictures/{product.drawing}.svg",
        "variant_ids": [],
    }
