"""Plan one step of one run: when it is due, until when it is worth sending, and why then. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from app.flows.language.steps import Anchor, Arrival, Step
from app.flows.timing import slots
from app.flows.timing.calendar import ALWAYS_OPEN, Calendar, Closed, hours_of
from app.flows.timing.delays import after_delay, expires_at, latest_at, ready_at
from app.flows.timing.recipient_zone import RecipientZone
from app.flows.timing.shipment_group import TOGETHER
from app.orders.arrival.delivery import Delivered, Inferred


class Why(StrEnum):
    """Name what put a follow-up where it is."""

    DELAY = "delay"  # the step's own delay after its anchor
    MIN_GAP = "min_gap"  # the pause after arrival was longer than the delay
    INFERRED = "inferred"  # nobody reported the parcel: when it should have arrived by what its lane tells
    FALLBACK = "fallback"  # nobody reported the parcel: the latest day, counted from fulfilment
    WINDOW = "window"  # moved to the next allowed hour
    QUIET = "quiet"  # moved out of the shop's quiet hours
    BLACKOUT = "blackout"  # moved past days the shop keeps quiet
    HOLIDAY = "holiday"  # moved past a public holiday where the recipient lives
    LATE = "late"  # we learned of the event after its time had passed


@dataclass(frozen=True, slots=True)
class Moments:
    """What has happened to the subject of a run, by the sources' own clocks."""

    placed_at: datetime
    shipped_at: datetime | None = None
    delivered: Delivered | None = None
    inferred: Inferred | None = None  # where nobody has reported it
    together_at: datetime | None = None  # when the last of what arrived with it did
    is_split: bool = False  # the order has other parcels
    started_at: datetime | None = None  # what started the run
    previous_at: datetime | None = None  # when the step before was done


@dataclass(frozen=True, slots=True)
class Plan:
    """A planned row. Instants are UTC; `zone` is the recipient's, by whose clock the window was read."""

    due_at: datetime
    expires_at: datetime
    anchor_at: datetime
    provisional: bool
    zone: RecipientZone
    why: tuple[Why, ...]


PROVISIONAL: Final = frozenset({Why.INFERRED, Why.FALLBACK})
MOVED: Final = {
    Closed.WINDOW: Why.WINDOW,
    Closed.QUIET: Why.QUIET,
    Closed.BLACKOUT: Why.BLACKOUT,
    Closed.HOLIDAY: Why.HOLIDAY,
}


def plan(
    step: Step,
    moments: Moments,
    zone: RecipientZone,
    *,
    seed: str,
    now: datetime,
    calendar: Calendar = ALWAYS_OPEN,
) -> Plan | None:
    """Return when a step is due, or None while it cannot be planned: left to Shopify, or its moment has not come.

    A step that waits for delivery is planned from fulfilment on and marked provisional: after the parcel should have
    arrived, and at its latest day where that comes first or nothing is known; a reported arrival moves it. `seed` names
    the row (run and step), for its jitter. `calendar` is the shop's, for this recipient.
    """
    ready = _ready(step, moments, zone.zone, calendar) if step.is_planned else None
    if ready is None:
        return None
    kept = hours_of(step, calendar)
    due_at = slots.due_at(ready.at, timedelta(), step.window, zone.zone, seed=seed, now=now, calendar=kept)
    late = ready.at < now and due_at >= now
    wanted = max(ready.at, now) if late else ready.at
    closed = slots.closed_by(wanted, step.window, zone.zone, kept)
    if closed is None and slots.next_allowed(wanted, step.window, zone.zone, kept) != wanted:
        closed = Closed.WINDOW  # its one time of day is still to come
    return Plan(
        due_at=due_at,
        expires_at=expires_at(step, ready.latest or ready.at, zone.zone, calendar),
        anchor_at=ready.anchor_at,
        provisional=ready.why in PROVISIONAL,
        zone=zone,
        why=(ready.why, *((Why.LATE,) if late else ()), *((MOVED[closed],) if closed else ())),
    )


@dataclass(frozen=True, slots=True)
class _Ready:
    """From when on a step may speak, what that counts from, why then, and when at the latest if that is taken back."""

    at: datetime
    anchor_at: datetime
    why: Why
    latest: datetime | None = None


def _ready(step: Step, moments: Moments, zone: ZoneInfo, calendar: Calendar) -> _Ready | None:
    if step.anchor is Anchor.DELIVERED:
        return _after_arrival(step, moments, zone, calendar)
    anchor_at = {
        Anchor.ORDER_PLACED: moments.placed_at,
        Anchor.SHIPPED: moments.shipped_at,
        Anchor.TRIGGER: moments.started_at,
        Anchor.PREVIOUS_STEP: moments.previous_at,
    }[step.anchor]
    return None if anchor_at is None else _Ready(after_delay(step, anchor_at, zone, calendar), anchor_at, Why.DELAY)


def _after_arrival(step: Step, moments: Moments, zone: ZoneInfo, calendar: Calendar) -> _Ready | None:
    """Count from the arrival of the last parcel that came with it; until then an estimate or the latest day."""
    arrived = moments.delivered
    if arrived is None or not arrived.is_known:
        latest = latest_at(step, moments.shipped_at)
        if moments.shipped_at is None or latest is None:
            return None
        if step.arrival is Arrival.LIKELY and moments.inferred is not None:
            likely = ready_at(step, moments.inferred.at, zone, calendar)
            if likely < latest:
                return _Ready(likely, moments.inferred.at, Why.INFERRED, latest)
        return _Ready(latest, moments.shipped_at, Why.FALLBACK)
    anchor_at = (moments.together_at if step.about_lines else None) or arrived.at
    ready = ready_at(step, anchor_at, zone, calendar)
    if step.about_lines and moments.is_split:
        ready = max(ready, arrived.at + TOGETHER)  # what arrives with it has come by then
    wanted = after_delay(step, anchor_at, zone, calendar)
    return _Ready(ready, anchor_at, Why.DELAY if ready == wanted else Why.MIN_GAP)
