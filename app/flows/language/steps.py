"""What a flow consists of, and how its document is written. Pure.

A document is the JSON of one published version of a flow. `flow_document` reads one and refuses a wrong one with a
sentence per field; `flow_json` writes it. Reading what was written gives the same flow again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from app.customers.legal_basis import MessageClass
from app.customers.wish_topics import Topic
from app.flows.language.window import SendWindow


class Subject(StrEnum):
    """Say what one run of a flow is about."""

    ORDER = "order"
    FULFILLMENT = "fulfillment"  # one parcel


class Anchor(StrEnum):
    """Name the instant a delay counts from."""

    ORDER_PLACED = "order_placed"
    SHIPPED = "shipped"
    DELIVERED = "delivered"


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
    """One message of a flow. `goal` is its reason to exist, in the merchant's words.

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


@dataclass(frozen=True, slots=True)
class FlowDocument:
    """One version of a flow: what a run is about, and its steps in order."""

    key: str
    subject: Subject
    steps: tuple[Step, ...]

    def step(self, key: str) -> Step:
        """Return one step; KeyError where the flow has none of that key."""
        for step in self.steps:
            if step.key == key:
                return step
        raise KeyError(key)


def flow_json(flow: FlowDocument) -> dict[str, Any]:
    """Return the document to store."""
    return {"key": flow.key, "subject": flow.subject.value, "steps": [step_json(step) for step in flow.steps]}


def step_json(step: Step) -> dict[str, Any]:
    """Return one step as stored: durations in whole days, hours local to the recipient, Monday is 0.

    A delay may have minutes beyond its days and business days before them; they are named only where there are any.
    """
    return {
        "key": step.key,
        "topic": step.topic.value,
        "message_class": step.message_class.value,
        "goal": step.goal,
        "anchor": step.anchor.value,
        "delay_days": step.delay.days,
        **_given("delay_minutes", step.delay.seconds // 60),
        **_given("delay_business_days", step.business_days),
        "max_age_days": step.max_age.days,
        "arrival": step.arrival.value,
        "window": None if step.window is None else _window_json(step.window),
        "fallback_days": None if step.fallback is None else step.fallback.days,
        "state": step.state.value,
    }


def _window_json(window: SendWindow) -> dict[str, Any]:
    """Return sending hours as stored: one exact time has no last hour, full hours have no minutes."""
    hours = {} if window.exact else {"to_hour": window.to_hour, **_given("to_minute", window.to_minute)}
    return {
        "from_hour": window.from_hour,
        **_given("from_minute", window.from_minute),
        **hours,
        **_given("exact", window.exact),
        "weekdays": sorted(window.weekdays),
    }


def _given(name: str, value: int) -> dict[str, int]:
    return {name: value} if value else {}
