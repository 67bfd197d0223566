"""Facts about people and the shop itself, and the short messages that only name something. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from app.shopify.payloads.vocabulary import MarketingState

NONE: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class EmailConsentFacts:
    """Say what a person agreed to for marketing e-mail, and since when (None: Shopify has no date)."""

    state: MarketingState
    changed_at: datetime | None
    level: str | None = field(default=None, compare=False)  # single_opt_in | confirmed_opt_in | unknown


@dataclass(frozen=True, slots=True)
class CustomerFacts:
    """Hold one customer. Webhooks no longer say locale, tags or consent."""

    shopify_id: int
    email: str | None
    phone: str | None
    first_name: str | None
    last_name: str | None
    country: str | None
    province: str | None
    created_at: datetime | None
    updated_at: datetime | None
    locale: str | None = field(default=None, compare=False)
    tags: tuple[str, ...] = field(default=(), compare=False)
    consent: EmailConsentFacts | None = field(default=None, compare=False)
    untold: frozenset[str] = field(default=NONE, compare=False)
    withheld: frozenset[str] = field(default=NONE, compare=False)


@dataclass(frozen=True, slots=True)
class ShopFacts:
    """Hold what a shop is called and where it is."""

    shopify_id: int
    domain: str  # {shop}.myshopify.com
    name: str
    contact_email: str
    timezone: str | None  # IANA
    currency: str
    country: str | None
    address: str | None  # one line
    primary_url: str | None = field(default=None, compare=False)  # untold by webhooks
    locale: str | None = field(default=None, compare=False)  # untold by the Admin API without another scope
    updated_at: datetime | None = field(default=None, compare=False)
    untold: frozenset[str] = field(default=NONE, compare=False)


@dataclass(frozen=True, slots=True)
class ConsentChange:
    """Say that a customer's marketing consent for an address changed."""

    customer_shopify_id: int
    email: str | None
    consent: EmailConsentFacts


@dataclass(frozen=True, slots=True)
class CustomerMerge:
    """Say that one customer was merged into another."""

    kept_shopify_id: int
    gone_shopify_id: int
    completed: bool


@dataclass(frozen=True, slots=True)
class OrderEdit:
    """Say that an order's lines changed; the order itself has to be fetched."""

    order_shopify_id: int


@dataclass(frozen=True, slots=True)
class ScopesChange:
    """Say which scopes the app has now."""

    shop_shopify_id: int | None
    current: tuple[str, ...]
    previous: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PrivacyRequest:
    """Hold a compliance request: `orders` are those whose data is asked for or to be erased."""

    shop_shopify_id: int
    shop_domain: str
    customer_shopify_id: int | None
    email: str | None
    phone: str | None
    orders: tuple[int, ...]
    request_id: int | None  # of a data request


@dataclass(frozen=True, slots=True)
class Origin:
    """Say which shop a body itself claims to come from; a webhook's headers are not signed."""

    domain: str | None
    shopify_id: int | None
