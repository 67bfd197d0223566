"""Decide which runs an order's story calls for: one per flow and subject, in whatever order it was told. Pure.

The story is what is known of an order now, with every instant by its source's own clock. What happened twice happened
once: the earliest counts. What was taken back (a deleted scan, a cancelled parcel) never happened.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from app.flows.language.happenings import Event, Happening
from app.flows.language.steps import Subject

SCANS: Final[Mapping[str, Event]] = {
    "in_transit": Event.IN_TRANSIT,
    "carrier_picked_up": Event.IN_TRANSIT,
    "out_for_delivery": Event.OUT_FOR_DELIVERY,
    "ready_for_pickup": Event.READY_FOR_PICKUP,
    "picked_up": Event.PICKED_UP,
    "attempted_delivery": Event.FAILED_ATTEMPT,
    "delayed": Event.DELAYED,
}
UNPAID: Final = frozenset({"pending", "voided", "expired", "unknown"})  # nobody is thanked for what may never be
ENDS: Final = frozenset({Event.CANCELLED, Event.REFUNDED, Event.RETURNED})  # told of orders that no longer stand too


@dataclass(frozen=True, slots=True)
class ParcelStory:
    """One parcel of an order. `delayed_at` is our watcher's.

    `scans` that stand, and what the shop's own counter says, are (Shopify's word, instant).
    """

    id: int
    shipped_at: datetime
    delivered_at: datetime | None = None
    delayed_at: datetime | None = None
    scans: tuple[tuple[str, datetime], ...] = ()


@dataclass(frozen=True, slots=True)
class Story:
    """What is known of one order: parcels that stand, refunds, returns that closed, reviews that are published."""

    order_id: int
    placed_at: datetime
    stands: bool = True  # paid or payable, and not a draft of a payment that may never come
    paid_at: datetime | None = None
    cancelled_at: datetime | None = None
    refunded_at: datetime | None = None
    returned_at: datetime | None = None
    parcels: tuple[ParcelStory, ...] = ()
    reviews: tuple[tuple[int, datetime], ...] = ()  # our id, when it was published


@dataclass(frozen=True, slots=True)
class Occasion:
    """One thing that happened, and to what. `occurrence` tells the years of an anniversary apart, else 0."""

    event: Event
    subject: Subject
    subject_id: int
    at: datetime
    occurrence: int = 0


def occasions(story: Story) -> tuple[Occasion, ...]:
    """Return everything that happened to an order, each once, the earliest of its kind and subject."""
    found = [Occasion(event, Subject.ORDER, story.order_id, at) for event, at in _of_order(story)]
    for parcel in story.parcels:
        found += [Occasion(event, Subject.FULFILLMENT, parcel.id, at) for event, at in _of_parcel(parcel)]
    found += [Occasion(Event.REVIEW_PUBLISHED, Subject.REVIEW, review, at) for review, at in story.reviews]
    first: dict[tuple[Event, int], Occasion] = {}
    for each in sorted(found, key=lambda one: one.at):
        first.setdefault((each.event, each.subject_id), each)
    return tuple(first.values())


def admits(event: Event, occasion: Occasion, story: Story, *, include_from: datetime) -> bool:
    """Say whether a running flow takes an occasion in: it is its trigger's, it is not from before, the order stands.

    What an order starts counts by the order's own age, or those on their way at the start would be taken in unasked.
    """
    if occasion.event is not event or not (story.stands or event in ENDS):
        return False
    since = story.placed_at if event in {Event.PLACED, Event.SHIPPED} else occasion.at
    return since >= include_from


def first_happened(
    story: Story, *, parcel_id: int | None, ordered_again_at: datetime | None, reviewed_at: datetime | None
) -> dict[Happening, datetime]:
    """Return what has happened to a run's subject, the earliest of each: of one parcel where the run is about one."""
    parcels = [parcel for parcel in story.parcels if parcel_id is None or parcel.id == parcel_id]
    told: list[tuple[Happening, datetime]] = []
    told += [(Happening(event.value), at) for event, at in _of_order(story) if event.value in set(Happening)]
    for parcel in parcels:
        told += [(Happening(event.value), at) for event, at in _of_parcel(parcel)]
    told += [(Happening.REVIEW_PUBLISHED, at) for _, at in story.reviews]
    told += [(Happening.ORDERED_AGAIN, ordered_again_at)] if ordered_again_at is not None else []
    told += [(Happening.REVIEWED, reviewed_at)] if reviewed_at is not None else []
    first: dict[Happening, datetime] = {}
    for event, at in told:
        first[event] = min(at, first.get(event, at))
    return first


def _of_order(story: Story) -> Iterable[tuple[Event, datetime]]:
    yield Event.PLACED, story.placed_at
    for event, at in (
        (Event.PAID, story.paid_at),
        (Event.CANCELLED, story.cancelled_at),
        (Event.REFUNDED, story.refunded_at),
        (Event.RETURNED, story.returned_at),
    ):
        if at is not None:
            yield event, at


def _of_parcel(parcel: ParcelStory) -> Iterable[tuple[Event, datetime]]:
    yield Event.SHIPPED, parcel.shipped_at
    if parcel.delivered_at is not None:
        yield Event.DELIVERED, parcel.delivered_at
    if parcel.delayed_at is not None:
        yield Event.DELAYED, parcel.delayed_at
    for status, at in parcel.scans:
        if status in SCANS:
            yield SCANS[status], at
