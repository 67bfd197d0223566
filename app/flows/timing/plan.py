"""Plan one step of one run: when it is due, until when it is worth sending, and why then. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from app.flows.language.steps import Anchor, Step
from app.flows.timing import slots
from app.flows.timing.calendar import ALWAYS_OPEN, Calendar, Closed, hours_of
from app.flows.timing.delays import after_delay, expires_at, latest_at, ready_at
from app.flows.timing.recipient_zone import RecipientZone
from app.orders.delivery import Delivered


class Why(StrEnum):
    """Name what put a follow-up where it is."""

    DELAY = "delay"  # the step's own delay after its anchor
    MIN_GAP = "min_gap"  # the pause after arrival was longer than the delay
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

    A step that waits for delivery is planned from fulfilment on, at its latest day and marked provisional; a reported
    arrival moves it. `seed` names the row (run and step), for its jitter. `calendar` is the shop's, for this recipient.
    """
    if not step.is_planned:
        return None
    provisional, why = False, Why.DELAY
    if step.anchor is Anchor.ORDER_PLACED:
        anchor_at = moments.placed_at
        ready = after_delay(step, anchor_at, zone.zone, calendar)
    elif step.anchor in {Anchor.TRIGGER, Anchor.PREVIOUS_STEP}:
        since = moments.started_at if step.anchor is Anchor.TRIGGER else moments.previous_at
        if since is None:
            return None
        anchor_at = since
        ready = after_delay(step, anchor_at, zone.zone, calendar)
    elif step.anchor is Anchor.SHIPPED:
        if moments.shipped_at is None:
            return None
        anchor_at = moments.shipped_at
        ready = after_delay(step, anchor_at, zone.zone, calendar)
    elif moments.delivered is not None and moments.delivered.is_known:
        anchor_at = moments.delivered.at
        ready = ready_at(step, anchor_at, zone.zone, calendar)
        why = Why.DELAY if ready == after_delay(step, anchor_at, zone.zone, calendar) else Why.MIN_GAP
    else:
        latest = latest_at(step, moments.shipped_at)
        if moments.shipped_at is None or latest is None:
            return None
        anchor_at, ready, why, provisional = moments.shipped_at, latest, Why.FALLBACK, True
    kept = hours_of(step, calendar)
    due_at = slots.due_at(ready, timedelta(), step.window, zone.zone, seed=seed, now=now, calendar=kept)
    late = ready < now and due_at >= now
    wanted = max(ready, now) if late else ready
    closed = slots.closed_by(wanted, step.window, zone.zone, kept)
    if closed is None and slots.next_allowed(wanted, step.window, zone.zone, kept) != wanted:
        closed = Closed.WINDOW  # its one time of day is still to come
    return Plan(
        due_at=due_at,
        expires_at=expires_at(step, ready, zone.zone, calendar),
        anchor_at=anchor_at,
        provisional=provisional,
        zone=zone,
        why=(why, *((Why.LATE,) if late else ()), *((MOVED[closed],) if closed else ())),
    )
