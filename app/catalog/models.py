"""Tables of what the shop sells."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import ForeignKeyConstraint, Index, Numeric, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.db import Base, ShopOwned


class Product(ShopOwned, Base):
    """Know one product by Shopify's id."""

    __tablename__ = "product"
    __table_args__ = (UniqueConstraint("shop_id", "shopify_id"),)

    shopify_id: Mapped[int]
    title: Mapped[str]
    handle: Mapped[str]
    status: Mapped[str]
    product_type: Mapped[str | None]
    tags: Mapped[str] = mapped_column(default="")  # comma-separated, as the webhook has them
    collections: Mapped[str | None]  # "id handle", one a line; empty where in none, null where nobody told us yet
    image_url: Mapped[str | None]
    source_updated_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]


class Variant(ShopOwned, Base):
    """Know one variant by Shopify's id; a buy-again link is rebuilt from it at the click."""

    __tablename__ = "variant"
    __table_args__ = (
        UniqueConstraint("shop_id", "shopify_id"),
        ForeignKeyConstraint(["shop_id", "product_id"], ["product.shop_id", "product.id"], ondelete="CASCADE"),
        Index("ix_variant_product", "shop_id", "product_id"),
    )

    shopify_id: Mapped[int]
    product_id: Mapped[int]
    title: Mapped[str]
    price: Mapped[Decimal | None] = mapped_column(Numeric(14, 3))
    available: Mapped[bool] = mapped_column(default=True)
    source_updated_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]
