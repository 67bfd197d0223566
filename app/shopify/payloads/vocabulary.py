"""The words Shopify uses for states, one spelling for webhooks and the Admin API. Pure."""

from __future__ import annotations

from enum import StrEnum


class FinancialStatus(StrEnum):
    """Say what has been paid."""

    PENDING = "pending"
    AUTHORIZED = "authorized"
    PARTIALLY_PAID = "partially_paid"
    PAID = "paid"
    PARTIALLY_REFUNDED = "partially_refunded"
    REFUNDED = "refunded"
    VOIDED = "voided"
    EXPIRED = "expired"
    UNKNOWN = "unknown"  # null, or a word newer than this list


class OrderFulfillment(StrEnum):
    """Say how much of an order has been sent. The Admin API's finer shades of "not yet" are one word here."""

    UNFULFILLED = "unfulfilled"
    PARTIALLY_FULFILLED = "partially_fulfilled"
    FULFILLED = "fulfilled"
    RESTOCKED = "restocked"
    NOT_REQUIRED = "not_required"  # digital goods; only the Admin API says so


class FulfillmentStatus(StrEnum):
    """Say whether a parcel's fulfilment stands; `success` means sent, not delivered."""

    PENDING = "pending"
    OPEN = "open"
    SUCCESS = "success"
    CANCELLED = "cancelled"
    ERROR = "error"
    FAILURE = "failure"
    UNKNOWN = "unknown"


class ShipmentStatus(StrEnum):
    """Say where a parcel is: the vocabulary of carrier events and of a fulfilment's own state."""

    LABEL_PURCHASED = "label_purchased"
    LABEL_PRINTED = "label_printed"
    CONFIRMED = "confirmed"
    CARRIER_PICKED_UP = "carrier_picked_up"
    IN_TRANSIT = "in_transit"
    OUT_FOR_DELIVERY = "out_for_delivery"
    ATTEMPTED_DELIVERY = "attempted_delivery"
    DELAYED = "delayed"
    READY_FOR_PICKUP = "ready_for_pickup"
    PICKED_UP = "picked_up"
    DELIVERED = "delivered"
    NOT_DELIVERED = "not_delivered"
    FAILURE = "failure"
    UNKNOWN = "unknown"


class ReturnStatus(StrEnum):
    """Say how far a return has come."""

    REQUESTED = "requested"
    OPEN = "open"
    CLOSED = "closed"
    DECLINED = "declined"
    CANCELED = "canceled"
    UNKNOWN = "unknown"


class ProductStatus(StrEnum):
    """Say whether a product can be seen."""

    ACTIVE = "active"
    ARCHIVED = "archived"
    DRAFT = "draft"
    UNLISTED = "unlisted"
    UNKNOWN = "unknown"


class MarketingState(StrEnum):
    """Say what a person agreed to for marketing e-mail."""

    SUBSCRIBED = "subscribed"
    UNSUBSCRIBED = "unsubscribed"
    PENDING = "pending"  # asked to confirm, has not yet
    NOT_SUBSCRIBED = "not_subscribed"
    INVALID = "invalid"
    REDACTED = "redacted"
    UNKNOWN = "unknown"
