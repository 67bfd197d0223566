"""Say which later word of the carrier makes news of a parcel old. Pure.

Anchors are the step's, statuses Shopify's. News that it was sent stays true while it travels; news that it is out for
delivery does not survive a failed attempt or a parcel left for pickup. Whether it arrived is told elsewhere and better:
an arrival makes all of these old. What nobody carries and lies at the shop's counter was never sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from app.customers.wish_topics import Topic
from app.flows.language.steps import Anchor, Step
from app.flows.rules.decision import Item

AT_THE_SHOP: Final = frozenset({"ready_for_pickup"})
TRIED: Final = frozenset({"attempted_delivery", "failure"})
LATER: Final[Mapping[str, frozenset[str]]] = {
    "shipped": frozenset(),
    "in_transit": AT_THE_SHOP | TRIED | {"out_for_delivery"},
    "delayed": AT_THE_SHOP | {"out_for_delivery"},
    "out_for_delivery": AT_THE_SHOP | TRIED,
    "failed_attempt": AT_THE_SHOP | {"out_for_delivery"},
    "ready_for_pickup": frozenset(),
}


def news_of(step: Step, trigger: str | None) -> str | None:
    """Return what a step reports of a parcel, None where it reports nothing that could be overtaken.

    A step that speaks when its flow starts reports what starts it.
    """
    told = _told(step, trigger)
    return told if told in LATER else None


def brings(step: Step, trigger: str | None) -> bool:
    """Say whether a step reports that a carrier has brought something."""
    return step.topic is Topic.SHIPPING and _told(step, trigger) == Anchor.DELIVERED.value


def _told(step: Step, trigger: str | None) -> str | None:
    return trigger if step.anchor is Anchor.TRIGGER and step.is_news else step.anchor.value


def overtaken_by(news: str, line: Item) -> str | None:
    """Return the later status that made the news old, or None while it stands."""
    status = (line.shipment_status or "").lower()
    is_fetched = news == "shipped" and status in AT_THE_SHOP and not line.tracked
    return status if is_fetched or status in LATER[news] else None
