"""Facts about what a shop sells. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from app.shopify.payloads.vocabulary import ProductStatus

NONE: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class VariantFacts:
    """Hold one variant; `price` is in units of the shop's currency."""

    shopify_id: int
    title: str
    sku: str | None
    price: Decimal | None
    position: int
    updated_at: datetime | None
    is_available: bool | None = field(default=None, compare=False)  # untold by webhooks


@dataclass(frozen=True, slots=True)
class CollectionFacts:
    """Hold one collection with Shopify's ids of all that is in it."""

    shopify_id: int
    handle: str
    products: frozenset[int]


@dataclass(frozen=True, slots=True)
class ProductFacts:
    """Hold one product with its variants."""

    shopify_id: int
    handle: str
    title: str
    status: ProductStatus
    product_type: str | None
    vendor: str | None
    tags: tuple[str, ...]
    image_url: str | None
    created_at: datetime | None
    updated_at: datetime
    variants: tuple[VariantFacts, ...]
    url: str | None = field(default=None, compare=False)  # untold by webhooks
    collections: tuple[tuple[int, str], ...] = field(default=(), compare=False)  # (id, handle); untold by webhooks
    is_gift_card: bool = field(default=False, compare=False)
    untold: frozenset[str] = field(default=NONE, compare=False)
    truncated: frozenset[str] = field(default=NONE, compare=False)
