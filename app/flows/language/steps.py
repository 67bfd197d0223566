"""What a send step consists of: one message of a flow, when it speaks and why it exists. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from app.customers.legal_basis import MessageClass
from app.customers.wish_topics import Topic
from app.flows.language.window import SendWindow


class Subject(StrEnum):
    """Say what one run of a flow is about."""

    ORDER = "order"
    FULFILLMENT = "fulfillment"  # one parcel
    CUSTOMER = "customer"
    REVIEW = "review"


class Anchor(StrEnum):
    """Name the instant a delay counts from."""

    ORDER_PLACED = "order_placed"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    TRIGGER = "trigger"  # what started the run, by the source's own clock
    PREVIOUS_STEP = "previous_step"  # when the step before was sent, left out, or waited out


class Arrival(StrEnum):
    """Say what a step must know about the parcel before it speaks."""

    NOT_NEEDED = "not_needed"
    LIKELY = "likely"  # the product should be in hand; after the fallback we ask without a report
    KNOWN = "known"  # the message says that it arrived, so somebody must have reported it


class StepState(StrEnum):
    """Say whether a step speaks. Paused ones are planned and held; those left to Shopify are not planned at all."""

    ON = "on"
    PAUSED = "paused"
    LEFT_TO_SHOPIFY = "left_to_shopify"


@dataclass(frozen=True, slots=True)
class Step:
    """One message of a flow. `goal` is its reason to exist, in the merchant's words; `template` the mail it sends.

    It waits `business_days` where the recipient lives, to the same hour of the last of them, and then `delay`, which is
    elapsed time. `max_age` counts from then, closed days of the shop's calendar apart: past it the message is stale.
    `fallback` counts from fulfilment: the latest day by which a step waiting for delivery speaks though nobody reported
    it.
    """

    key: str
    topic: Topic
    message_class: MessageClass
    goal: str
    anchor: Anchor
    delay: timedelta
    max_age: timedelta
    arrival: Arrival = Arrival.NOT_NEEDED
    window: SendWindow | None = None
    fallback: timedelta | None = None
    state: StepState = StepState.ON
    business_days: int = 0
    template: str = ""  # the step's own key where none is named

    def __post_init__(self) -> None:
        if not self.template:
            object.__setattr__(self, "template", self.key)

    @property
    def about_lines(self) -> bool:
        """Say whether it speaks about single order lines rather than about the order or parcel as one."""
        return self.arrival is Arrival.LIKELY

    @property
    def is_news(self) -> bool:
        """Say whether it reports on the sale itself: it neither waits for returns nor stops at an unsubscribe."""
        return self.message_class is MessageClass.TRANSACTIONAL and not self.about_lines

    @property
    def is_planned(self) -> bool:
        """Say whether rows are planned for it at all."""
        return self.state is not StepState.LEFT_TO_SHOPIFY
