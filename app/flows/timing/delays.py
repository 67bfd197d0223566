"""Count a step's delay, and how long a message is worth sending. Pure; UTC in, UTC out."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from app.customers.legal_basis import MessageClass
from app.flows.language.steps import Step
from app.flows.language.window import HOUR
from app.flows.timing.calendar import Calendar, hours_of
from app.flows.timing.walls import wall_instant

ONE_DAY: Final = timedelta(days=1)
LONGEST_PARDON: Final = 30  # closed days that do not count toward a message's age; what waited longer is old news


def after_delay(step: Step, anchor_at: datetime, zone: ZoneInfo, calendar: Calendar) -> datetime:
    """Return when a step's delay after its anchor is over: business days first, then elapsed time."""
    return business_days_after(anchor_at, step.business_days, zone, calendar) + step.delay


def ready_at(step: Step, delivered_at: datetime, zone: ZoneInfo, calendar: Calendar) -> datetime:
    """Return from when on a step may speak about something that arrived then."""
    over = after_delay(step, delivered_at, zone, calendar)
    return max(over, delivered_at + gap_of(step, calendar)) if step.about_lines else over


def gap_of(step: Step, calendar: Calendar) -> timedelta:
    """Return the pause everybody gets between arrival and a message of this class about the product."""
    return calendar.ask_gap if step.message_class is MessageClass.REVIEW_ASK else calendar.help_gap


def latest_at(step: Step, shipped_at: datetime | None) -> datetime | None:
    """Return when (UTC, as `shipped_at`) a step waiting for delivery stops waiting; None before a shipment exists."""
    return None if shipped_at is None or step.fallback is None else shipped_at + step.fallback


def business_days_after(at: datetime, count: int, zone: ZoneInfo, calendar: Calendar) -> datetime:
    """Return the same time of day on the `count`-th business day after the local day of `at`; `at` itself for none."""
    if count == 0:
        return at
    local = at.astimezone(zone)
    minute, rest = local.hour * HOUR + local.minute, timedelta(seconds=local.second, microseconds=local.microsecond)
    day, left = local.date(), count
    while True:
        day += ONE_DAY
        if calendar.is_business_day(day):
            left -= 1
            found = wall_instant(day, minute, zone) if left <= 0 else None
            if found is not None:
                return found + rest


def expires_at(step: Step, ready: datetime, zone: ZoneInfo, calendar: Calendar) -> datetime:
    """Return until when a message is worth sending: its greatest age after `ready`.

    Days the shop's calendar closes do not count, so that a blackout makes nothing stale by itself, up to 30 of them.
    """
    kept = hours_of(step, calendar)
    if not kept.closes_days:
        return ready + step.max_age
    day, open_days, closed = ready.astimezone(zone).date(), 0, 0
    while open_days < step.max_age.days and closed < LONGEST_PARDON:
        if kept.is_open_day(day):
            open_days += 1
        else:
            closed += 1
        day += ONE_DAY
    return ready + step.max_age + closed * ONE_DAY
