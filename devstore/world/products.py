"""Add, change and delete products."""

from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from devstore.clock.now import store_now
from devstore.state.base import shopify_ids
from devstore.state.models import Product, Shop, Variant
from devstore.webhooks.announce import announce
from devstore.world.refused import Refused
from devstore.world.tell import tell_product

CHANGEABLE = ("title", "body_html", "vendor", "product_type", "tags", "status", "drawing")
STATUSES = ("active", "archived", "draft", "unlisted")


def create_product(session: Session, shop: Shop, facts: dict[str, Any], variants: list[dict[str, Any]]) -> Product:
    """Make a product from handle, title and CHANGEABLE facts, with variants (title, price, sku, …).

    Announces products/create. Raises Refused when the handle is taken or a status is none of Shopify's.
    """
    taken = session.scalar(select(Product.id).where(Product.shop_id == shop.id, Product.handle == facts["handle"]))
    if taken:
        raise Refused("handle", f"There is a product called {facts['handle']} already.")
    if facts.get("status", "active") not in STATUSES:
        raise Refused("status", f"Status must be one of {', '.join(STATUSES)}.")
    now = store_now(session)
    product = Product(
        shop_id=shop.id,
        image_id=session.scalar(shopify_ids.next_value()) if facts.get("drawing") else None,
        created_at=now,
        published_at=now,
        updated_at=now,
        **facts,
    )
    session.add(product)
    session.flush()
    for position, one in enumerate(variants, start=1):
        session.add(
            Variant(
                shop_id=shop.id,
                product_id=product.id,
                position=position,
                inventory_item_id=session.scalar(shopify_ids.next_value()),
                created_at=now,
                updated_at=now,
                **one,
            )
        )
    tell_product(session, shop, product, "products/create")
    return product


def update_product(
    session: Session, shop: Shop, product: Product, facts: dict[str, Any], price: Decimal | None = None
) -> None:
    """Change the given facts, and every variant's price when one is given; announce products/update.

    Raises Refused for a fact that cannot change.
    """
    now = store_now(session)
    for key, value in facts.items():
        if key not in CHANGEABLE:
            raise Refused(key, f"{key} of a product cannot be changed.")
        if key == "status" and value not in STATUSES:
            raise Refused("status", f"Status must be one of {', '.join(STATUSES)}.")
        setattr(product, key, value)
    if price is not None:
        for variant in session.scalars(select(Variant).where(Variant.product_id == product.id)):
            variant.price, variant.updated_at = price, now
    product.updated_at = now
    tell_product(session, shop, product, "products/update")


def delete_product(session: Session, shop: Shop, product: Product) -> None:
    """Delete a product and its variants; orders keep their lines. Announces products/delete, the id alone."""
    number = product.id
    session.delete(product)
    session.flush()
    announce(session, shop, "products/delete", {"id": number})
