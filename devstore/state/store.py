"""The shop itself, what it sells, and who buys from it."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from devstore.state.base import Base, Money, ShopifyId


class Shop(Base):
    """One shop; ``handle`` is the bare name, its domain is ``<handle>.myshopify.com``."""

    __tablename__ = "shop"
    STAYS = True

    id: Mapped[ShopifyId]
    handle: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    email: Mapped[str]
    contact_email: Mapped[str]
    owner: Mapped[str]
    phone: Mapped[str | None]
    address1: Mapped[str]
    city: Mapped[str]
    zip: Mapped[str]
    province: Mapped[str | None]
    province_code: Mapped[str | None]
    country_code: Mapped[str]
    country: Mapped[str]
    currency: Mapped[str]
    locale: Mapped[str] = mapped_column(default="en")
    iana_timezone: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    # What the Admin API allows goes by it: basic, advanced or plus.
    plan: Mapped[str] = mapped_column(default="basic")
    # The app's installation: deliveries go only to shops where this is set.
    installed: Mapped[bool] = mapped_column(default=False)
    installed_at: Mapped[datetime | None]
    uninstalled_at: Mapped[datetime | None]
    last_order_number: Mapped[int] = mapped_column(default=1000)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    @property
    def domain(self) -> str:
        """The permanent domain, as in the ``X-Shopify-Shop-Domain`` header."""
        return f"{self.handle}.myshopify.com"


class Product(Base):
    """A product; ``drawing`` names the picture served at ``/pictures/<drawing>.svg``."""

    __tablename__ = "product"
    __table_args__ = (UniqueConstraint("shop_id", "handle"),)

    id: Mapped[ShopifyId]
    shop_id: Mapped[int] = mapped_column(ForeignKey("shop.id"), index=True)
    handle: Mapped[str]
    title: Mapped[str]
    body_html: Mapped[str] = mapped_column(default="")
    vendor: Mapped[str] = mapped_column(default="")
    product_type: Mapped[str] = mapped_column(default="")
    tags: Mapped[list[Any]] = mapped_column(default=list)
    # active, draft, archived, unlisted
    status: Mapped[str] = mapped_column(default="active")
    drawing: Mapped[str | None]
    image_id: Mapped[int | None]
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    updated_at: Mapped[datetime]


class Collection(Base):
    """Products that belong together: those chosen one by one, or by `rule_tag` all that carry a tag."""

    __tablename__ = "collection"
    __table_args__ = (UniqueConstraint("shop_id", "handle"),)

    id: Mapped[ShopifyId]
    shop_id: Mapped[int] = mapped_column(ForeignKey("shop.id"), index=True)
    handle: Mapped[str]
    title: Mapped[str]
    rule_tag: Mapped[str | None]
    product_ids: Mapped[list[Any]] = mapped_column(default=list)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class Variant(Base):
    """One buyable form of a product; prices are in the shop's currency."""

    __tablename__ = "variant"

    id: Mapped[ShopifyId]
    shop_id: Mapped[int] = mapped_column(ForeignKey("shop.id"), index=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id", ondelete="CASCADE"), index=True)
    position: Mapped[int] = mapped_column(default=1)
    title: Mapped[str] = mapped_column(default="Default Title")
    sku: Mapped[str | None]
    price: Mapped[Decimal] = mapped_column(Money)
    compare_at_price: Mapped[Decimal | None] = mapped_column(Money)
    grams: Mapped[int] = mapped_column(default=0)
    requires_shipping: Mapped[bool] = mapped_column(default=True)
    gift_card: Mapped[bool] = mapped_column(default=False)
    taxable: Mapped[bool] = mapped_column(default=True)
    inventory_item_id: Mapped[int | None]
    inventory_quantity: Mapped[int] = mapped_column(default=100)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class Customer(Base):
    """A shopper known to the shop, with the state of their e-mail marketing consent."""

    __tablename__ = "customer"

    id: Mapped[ShopifyId]
    shop_id: Mapped[int] = mapped_column(ForeignKey("shop.id"), index=True)
    email: Mapped[str | None] = mapped_column(index=True)
    first_name: Mapped[str | None]
    last_name: Mapped[str | None]
    phone: Mapped[str | None]
    locale: Mapped[str] = mapped_column(default="en")
    note: Mapped[str | None]
    tags: Mapped[list[Any]] = mapped_column(default=list)
    # disabled, invited, enabled, declined
    state: Mapped[str] = mapped_column(default="disabled")
    verified_email: Mapped[bool] = mapped_column(default=True)
    # keys: id first_name last_name company address1 address2 city province province_code
    # zip country country_code phone
    address: Mapped[dict[str, Any] | None]
    # not_subscribed, pending, subscribed, unsubscribed, invalid
    email_consent: Mapped[str] = mapped_column(default="not_subscribed")
    # single_opt_in, confirmed_opt_in, unknown
    email_consent_level: Mapped[str | None]
    email_consent_at: Mapped[datetime | None]
    # opted_in, opted_out, unknown
    open_tracking: Mapped[str] = mapped_column(default="unknown")
    last_order_id: Mapped[int | None] = mapped_column(BigInteger)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
