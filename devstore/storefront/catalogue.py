"""Read what the shop sells, as its pages show it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from babel.numbers import format_currency
from sqlalchemy import select
from sqlalchemy.orm import Session

from devstore.state.models import Product, Shop, Variant


@dataclass(frozen=True)
class Good:
    """A product on sale with its variants in order; `url` starts at the dev store's root."""

    product: Product
    variants: tuple[Variant, ...]
    url: str
    currency: str

    @property
    def picture(self) -> str | None:
        """The address of its drawing."""
        return f"/pictures/{self.product.drawing}.svg" if self.product.drawing else None

    @property
    def price(self) -> Decimal:
        """The lowest price of a variant."""
        return min(variant.price for variant in self.variants)

    def for_liquid(self) -> dict[str, Any]:
        """Return the product as a theme's Liquid knows it; prices in hundredths."""
        return {
            "id": self.product.id,
            "title": self.product.title,
            "handle": self.product.handle,
            "url": self.url,
            "price": int(self.price * 100),
            "vendor": self.product.vendor,
            "type": self.product.product_type,
            "featured_image": self.picture,
        }


def money(amount: Decimal, currency: str, locale: str = "en") -> str:
    """Write an amount for people: ``£64.00``."""
    return str(format_currency(amount, currency, locale=locale.replace("-", "_")))


def goods_on_sale(session: Session, shop: Shop) -> list[Good]:
    """Return all published, active products that have a variant, by title."""
    products = session.scalars(
        select(Product)
        .where(Product.shop_id == shop.id, Product.status == "active", Product.published_at.is_not(None))
        .order_by(Product.id)
    ).all()
    variants: dict[int, list[Variant]] = {}
    for variant in session.scalars(
        select(Variant).where(Variant.shop_id == shop.id).order_by(Variant.position, Variant.id)
    ):
        variants.setdefault(variant.product_id, []).append(variant)
    return [_good(shop, product, variants[product.id]) for product in products if product.id in variants]


def good_by_handle(session: Session, shop: Shop, handle: str) -> Good | None:
    """Return one product on sale (unlisted ones too: their page exists), or nothing."""
    product = session.scalar(
        select(Product).where(
            Product.shop_id == shop.id, Product.handle == handle, Product.status.in_(("active", "unlisted"))
        )
    )
    if product is None:
        return None
    variants = session.scalars(
        select(Variant).where(Variant.product_id == product.id).order_by(Variant.position, Variant.id)
    ).all()
    return _good(shop, product, list(variants)) if variants else None


def _good(shop: Shop, product: Product, variants: list[Variant]) -> Good:
    return Good(product, tuple(variants), f"/store/{shop.handle}/products/{product.handle}", shop.currency)
