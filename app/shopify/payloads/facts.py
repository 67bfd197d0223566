"""Facts about an order and what became of it, whichever way Shopify told them. Pure.

Ids are Shopify's numbers. Instants are aware UTC. Amounts are decimal units of the shop's currency.

Two sets say what a None does not mean. `untold` names fields this kind of message never carries; `withheld` names
fields Shopify left out because protected customer data was not approved. A stored value is not overwritten by either.
Neither counts when facts are compared.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from app.shopify.payloads.people import CustomerFacts
from app.shopify.payloads.vocabulary import (
    FinancialStatus,
    FulfillmentStatus,
    OrderFulfillment,
    ReturnStatus,
    ShipmentStatus,
)

NONE: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Money:
    """Hold an amount in units (not cents) of an ISO 4217 currency."""

    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class DestinationFacts:
    """Say who a parcel goes to and where, as far as time zone and law need it."""

    first_name: str | None
    last_name: str | None
    country: str | None  # ISO 3166-1 alpha-2
    province: str | None  # Shopify's province code
    zip: str | None


@dataclass(frozen=True, slots=True)
class LineFacts:
    """Hold one order line. `current_quantity` nets removals and refunds."""

    shopify_id: int
    product_shopify_id: int | None  # the Admin API says None once the product is deleted; a webhook still names it
    variant_shopify_id: int | None
    title: str
    variant_title: str | None
    sku: str | None
    quantity: int
    current_quantity: int
    requires_shipping: bool
    is_gift_card: bool
    unit_price: Money


@dataclass(frozen=True, slots=True)
class FulfillmentEventFacts:
    """Hold one carrier scan. `happened_at` is the carrier's own time."""

    shopify_id: int
    fulfillment_shopify_id: int
    order_shopify_id: int
    status: ShipmentStatus
    message: str | None
    country: str | None
    created_at: datetime
    happened_at: datetime
    estimated_delivery_at: datetime | None


@dataclass(frozen=True, slots=True)
class FulfillmentFacts:
    """Hold one parcel. `lines` are (order line's id, how many of it)."""

    shopify_id: int
    order_shopify_id: int
    name: str | None
    status: FulfillmentStatus
    shipment_status: ShipmentStatus | None
    tracking_company: str | None
    tracking_numbers: tuple[str, ...]
    tracking_urls: tuple[str, ...]
    created_at: datetime
    updated_at: datetime
    lines: tuple[tuple[int, int], ...]
    delivered_at: datetime | None = field(default=None, compare=False)
    in_transit_at: datetime | None = field(default=None, compare=False)
    estimated_delivery_at: datetime | None = field(default=None, compare=False)
    events: tuple[FulfillmentEventFacts, ...] = field(default=(), compare=False)
    untold: frozenset[str] = field(default=NONE, compare=False)
    truncated: frozenset[str] = field(default=NONE, compare=False)  # collections with more than was sent


@dataclass(frozen=True, slots=True)
class RefundFacts:
    """Hold one refund. `lines` are (order line's id, how many of it, what was done with the goods)."""

    shopify_id: int
    order_shopify_id: int
    note: str | None
    total: Money | None  # None where a webhook lists no payments
    created_at: datetime
    happened_at: datetime
    lines: tuple[tuple[int, int, str], ...]
    truncated: frozenset[str] = field(default=NONE, compare=False)


@dataclass(frozen=True, slots=True)
class ReturnFacts:
    """Hold one return. Shopify dates neither its changes nor, in webhooks, its start.

    `lines` are (order line's id, how many of it come back); a line that comes back out of two parcels is in it twice.
    """

    shopify_id: int
    order_shopify_id: int
    status: ReturnStatus
    name: str | None = field(default=None, compare=False)
    created_at: datetime | None = field(default=None, compare=False)
    closed_at: datetime | None = field(default=None, compare=False)
    lines: tuple[tuple[int, int], ...] = field(default=(), compare=False)
    untold: frozenset[str] = field(default=NONE, compare=False)
    truncated: frozenset[str] = field(default=NONE, compare=False)


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """Hold one order with everything that hangs on it."""

    shopify_id: int
    name: str
    email: str | None
    phone: str | None
    locale: str | None
    total: Money  # as it stands after edits and refunds
    financial_status: FinancialStatus
    fulfillment_status: OrderFulfillment
    is_test: bool
    note: str | None
    tags: tuple[str, ...]
    discount_codes: tuple[str, ...]  # those it was paid with
    attributes: tuple[tuple[str, str], ...]  # what the checkout asked besides, as (name, value)
    source: str | None  # where it was placed: "web", "subscription_contract" …
    service: str | None  # the way of shipping the buyer chose: "Standard", "Express" …
    cancel_reason: str | None
    created_at: datetime
    placed_at: datetime
    updated_at: datetime
    cancelled_at: datetime | None
    closed_at: datetime | None
    destination: DestinationFacts | None
    customer: CustomerFacts | None
    lines: tuple[LineFacts, ...]
    fulfillments: tuple[FulfillmentFacts, ...]
    refunds: tuple[RefundFacts, ...]
    returns: tuple[ReturnFacts, ...] = field(default=(), compare=False)
    status_url: str | None = field(default=None, compare=False)  # the shopper's own page; a webhook's key may differ
    untold: frozenset[str] = field(default=NONE, compare=False)
    withheld: frozenset[str] = field(default=NONE, compare=False)
    truncated: frozenset[str] = field(default=NONE, compare=False)


@dataclass(frozen=True, slots=True)
class DetailsFacts:
    """Hold what hangs on one order; `is_cut` where some of it did not fit into the answer."""

    shopify_id: int
    fulfillments: tuple[FulfillmentFacts, ...]
    refunds: tuple[RefundFacts, ...]
    returns: tuple[ReturnFacts, ...]
    is_cut: bool
