"""Plan one step of one run: when it is due, until when it is worth sending, and why then. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.flows.language.steps import Anchor, Step
from app.flows.timing import slots
from app.flows.timing.limits import Limits
from app.flows.timing.recipient_zone import RecipientZone
from app.orders.delivery import Delivered


class Why(StrEnum):
    """Name what put a follow-up where it is."""

    DELAY = "delay"  # the step's own delay after its anchor
    MIN_GAP = "min_gap"  # the pause after arrival was longer than the delay
    FALLBACK = "fallback"  # nobody reported the parcel: the latest day, counted from fulfilment
    WINDOW = "window"  # moved to the next allowed hour
    LATE = "late"  # we learned of the event after its time had passed


@dataclass(frozen=True, slots=True)
class Moments:
    """What has happened to the subject of a run, by the sources' own clocks."""

    placed_at: datetime
    shipped_at: datetime | None = None
    delivered: Delivered | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """A planned row. Instants are UTC; `zone` is the recipient's, by whose clock the window was read."""

    due_at: datetime
    expires_at: datetime
    anchor_at: datetime
    provisional: bool
    zone: RecipientZone
    why: tuple[Why, ...]


def plan(
    step: Step, moments: Moments, zone: RecipientZone, *, seed: str, now: datetime, limits: Limits | None = None
) -> Plan | None:
    """Return when a step is due, or None while it cannot be planned: left to Shopify, or its moment has not come.

    A step that waits for delivery is planned from fulfilment on, at its latest day and marked provisional; a reported
    arrival moves it. `seed` names the row (run and step), for its jitter.
    """
    limits = limits or Limits()
    if not step.is_planned:
        return None
    provisional = False
    if step.anchor is Anchor.ORDER_PLACED:
        anchor_at, ready, why = moments.placed_at, moments.placed_at + step.delay, Why.DELAY
    elif step.anchor is Anchor.SHIPPED:
        if moments.shipped_at is None:
            return None
        anchor_at, ready, why = moments.shipped_at, moments.shipped_at + step.delay, Why.DELAY
    elif moments.delivered is not None and moments.delivered.is_known:
        anchor_at = moments.delivered.at
        ready = ready_at(step, anchor_at, limits)
        why = Why.DELAY if ready == anchor_at + step.delay else Why.MIN_GAP
    else:
        latest = latest_at(step, moments.shipped_at)
        if moments.shipped_at is None or latest is None:
            return None
        anchor_at, ready, why, provisional = moments.shipped_at, latest, Why.FALLBACK, True
    due_at = slots.due_at(ready, timedelta(), step.window, zone.zone, seed=seed, now=now)
    late = ready < now and due_at >= now
    moved = step.window is not None and not step.window.is_open(max(ready, now) if late else ready, zone.zone)
    return Plan(
        due_at=due_at,
        expires_at=ready + step.max_age,
        anchor_at=anchor_at,
        provisional=provisional,
        zone=zone,
        why=(why, *((Why.LATE,) if late else ()), *((Why.WINDOW,) if moved else ())),
    )


def ready_at(step: Step, delivered_at: datetime, limits: Limits) -> datetime:
    """Return from when on (UTC, as `delivered_at`) a step may speak about something that arrived then."""
    pause = limits.min_gap if step.about_lines else timedelta()
    return delivered_at + max(step.delay, pause)


def latest_at(step: Step, shipped_at: datetime | None) -> datetime | None:
    """Return when (UTC, as `shipped_at`) a step waiting for delivery stops waiting; None before a shipment exists."""
    return None if shipped_at is None or step.fallback is None else shipped_at + step.fallback
