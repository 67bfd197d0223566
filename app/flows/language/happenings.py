"""Name what can happen to an order, a parcel or a person, as flows speak of it. Pure.

Whether somebody opened or clicked a mail is not on the list: machines do both, and nothing may depend on it.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from app.flows.language.steps import Anchor, Subject


class Event(StrEnum):
    """Name what starts a run. The value is what documents say."""

    PLACED = "placed"
    PAID = "paid"
    SHIPPED = "shipped"
    IN_TRANSIT = "in_transit"
    OUT_FOR_DELIVERY = "out_for_delivery"
    READY_FOR_PICKUP = "ready_for_pickup"
    PICKED_UP = "picked_up"
    DELIVERED = "delivered"
    DELAYED = "delayed"
    FAILED_ATTEMPT = "failed_attempt"
    CANCELLED = "cancelled"
    REFUNDED = "refunded"
    RETURNED = "returned"
    REVIEW_PUBLISHED = "review_published"
    SURVEY_ANSWERED = "survey_answered"
    FIRST_ORDER_ANNIVERSARY = "first_order_anniversary"
    DAYS_WITHOUT_ORDER = "days_without_order"


class Happening(StrEnum):
    """Name what a run under way can wait for, end by, or have for its goal."""

    PAID = "paid"
    SHIPPED = "shipped"
    IN_TRANSIT = "in_transit"
    OUT_FOR_DELIVERY = "out_for_delivery"
    READY_FOR_PICKUP = "ready_for_pickup"
    PICKED_UP = "picked_up"
    DELIVERED = "delivered"
    DELAYED = "delayed"
    FAILED_ATTEMPT = "failed_attempt"
    CANCELLED = "cancelled"
    REFUNDED = "refunded"
    RETURNED = "returned"
    REVIEWED = "reviewed"
    REVIEW_PUBLISHED = "review_published"
    ORDERED_AGAIN = "ordered_again"


class Moment(StrEnum):
    """Name a date a run can wait for."""

    EXPECTED_DELIVERY = "expected_delivery"
    FIRST_ORDER_ANNIVERSARY = "first_order_anniversary"


OF_PARCEL: Final = frozenset(
    {
        Event.SHIPPED,
        Event.IN_TRANSIT,
        Event.OUT_FOR_DELIVERY,
        Event.READY_FOR_PICKUP,
        Event.PICKED_UP,
        Event.DELIVERED,
        Event.DELAYED,
        Event.FAILED_ATTEMPT,
    }
)
SUBJECTS: Final = {event: Subject.FULFILLMENT if event in OF_PARCEL else Subject.ORDER for event in Event} | {
    Event.REVIEW_PUBLISHED: Subject.REVIEW,
    Event.SURVEY_ANSWERED: Subject.CUSTOMER,
    Event.FIRST_ORDER_ANNIVERSARY: Subject.CUSTOMER,
}  # days without an order: about the order nothing followed
ANCHORS: Final = {
    Subject.ORDER: frozenset({Anchor.ORDER_PLACED, Anchor.TRIGGER, Anchor.PREVIOUS_STEP}),
    Subject.FULFILLMENT: frozenset({Anchor.SHIPPED, Anchor.DELIVERED, Anchor.TRIGGER, Anchor.PREVIOUS_STEP}),
    Subject.CUSTOMER: frozenset({Anchor.TRIGGER, Anchor.PREVIOUS_STEP}),
    Subject.REVIEW: frozenset({Anchor.TRIGGER, Anchor.PREVIOUS_STEP}),
}
NOT_TOLD_YET: Final = {Event.SURVEY_ANSWERED: "Nobody can answer a survey yet, so this flow would never start."}
