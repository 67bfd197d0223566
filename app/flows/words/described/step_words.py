"""Say of a step what it is called and when it speaks, for the merchant. Pure, English."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from app.flows.language.steps import Anchor, Arrival, Step
from app.flows.language.window import SendWindow
from app.flows.rules.decision import Facts
from app.flows.words.count_words import counted
from app.flows.words.day_words import (
    WEEKDAYS,
    clock_words,
    clocks_differ,
    date_words,
    day_words,
    on_day,
    place_words,
    your_words,
)

MOMENT: Final = timedelta(minutes=1)
NAMES: Final = {
    "thank_you": "Thank you",
    "shipped": "On its way",
    "delivered": "Arrived",
    "product_help": "Product help",
    "review_request": "Review request",
    "review_request_past": "Review request for a past order",
}
EVENTS: Final = {
    Anchor.ORDER_PLACED: "the order is paid",
    Anchor.SHIPPED: "the parcel is sent",
    Anchor.DELIVERED: "the parcel arrives",
    Anchor.TRIGGER: "what starts the flow",
    Anchor.PREVIOUS_STEP: "the step before",
}
VAGUE: Final = frozenset({EVENTS[Anchor.TRIGGER], EVENTS[Anchor.PREVIOUS_STEP]})
HAPPENED: Final = {
    Anchor.ORDER_PLACED: "the order was placed",
    Anchor.SHIPPED: "the parcel was sent",
    Anchor.DELIVERED: "the parcel arrived",
    Anchor.TRIGGER: "what started this happened",
    Anchor.PREVIOUS_STEP: "the step before was done",
}


def step_name(key: str) -> str:
    """Return what a step is called."""
    return NAMES.get(key) or key.replace("_", " ").capitalize()


def days_words(length: timedelta) -> str:
    """Return "7 days", "2 hours", "1 day and 30 minutes"."""
    minutes = length.seconds // 60
    parts = ((length.days, "day"), (minutes // 60, "hour"), (minutes % 60, "minute"))
    told = [counted(count, word) for count, word in parts if count] or [counted(0, "day")]
    return " and ".join([", ".join(told[:-1]), told[-1]] if len(told) > 1 else told)


def delay_words(step: Step) -> str:
    """Return "7 days", "3 business days and 4 hours"; "" for a step without a delay."""
    hours, minutes = divmod(step.delay.seconds // 60, 60)
    parts = [
        counted(step.business_days, "business day") if step.business_days else "",
        counted(step.delay.days, "day") if step.delay.days else "",
        counted(hours, "hour") if hours else "",
        counted(minutes, "minute") if minutes else "",
    ]
    told = [part for part in parts if part]
    return " and ".join(part for part in (", ".join(told[:-1]), *told[-1:]) if part)


def hours_words(window: SendWindow) -> str:
    """Return "between 9:00 and 20:00", "at 10:00", and on which days where not on all: "at 10:00 on Monday"."""
    first = clock_of(window.opens)
    hours = f"at {first}" if window.exact else f"between {first} and {clock_of(window.closes)}"
    days = [WEEKDAYS[day] for day in sorted(window.weekdays)]
    if len(days) == len(WEEKDAYS):
        return hours
    return f"{hours} on {', '.join(days[:-1])}{' and ' if len(days) > 1 else ''}{days[-1]}"


def clock_of(minute: int) -> str:
    """Return a minute of the day as a clock shows it: "9:00"; the last one is "24:00"."""
    return f"{minute // 60}:{minute % 60:02}"


def rhythm_words(step: Step, starts: str = "") -> str:
    """Return when a step speaks: "7 days after the parcel arrives, between 9:00 and 20:00 their time".

    `starts` is what starts the flow, where that is known.
    """
    event = starts if starts and step.anchor is Anchor.TRIGGER else EVENTS[step.anchor]
    delay = delay_words(step)
    when = f"{delay} after {event}" if delay else _at_once(event)
    return f"{when}, {hours_words(step.window)} their time" if step.window else when


def _at_once(event: str) -> str:
    return f"Right after {event}" if event in VAGUE else f"As soon as {event}"


def when_words(facts: Facts, now: datetime, shop_zone: ZoneInfo) -> str:
    """Return when a planned message goes out: "Tuesday 10:00 in Tokyo, 1:00 for you"."""
    row, step, zone = facts.follow_up, facts.step, ZoneInfo(facts.follow_up.zone)
    if is_overdue(row.due_at, now):
        return "in a moment"
    if row.provisional and step.arrival is Arrival.KNOWN:
        return "when the parcel arrives"
    latest = f"{on_day(row.due_at, shop_zone, now)} at the latest"
    if row.provisional:
        after = f"{delay_words(step)} after it arrives" if delay_words(step) else "when it arrives"
        return f"{after}, {latest}"
    return due_words(row.due_at, zone, now, shop_zone) + your_words(row.due_at, zone, shop_zone, now)


def is_overdue(due_at: datetime, now: datetime) -> bool:
    """Tell whether a planned message should have left already: its own time would only confuse."""
    return due_at < now - MOMENT


def reason_to_go(facts: Facts, now: datetime, yours: ZoneInfo) -> str:
    """Return why a planned message is due when it is. `yours` is the reader's clock."""
    row, step = facts.follow_up, facts.step
    if row.anchor_at is None or row.provisional:
        return f"Planned {rhythm_words(step)[0].lower()}{rhythm_words(step)[1:]}."
    since = f"{HAPPENED[step.anchor]} {on_day(row.anchor_at, yours, now)}"
    return f"{delay_words(step)} after {since}." if delay_words(step) else f"{since[0].upper()}{since[1:]}."


def due_words(at: datetime, zone: ZoneInfo, now: datetime, shop_zone: ZoneInfo) -> str:
    """Return "today 16:05", "Thursday 27 November 10:00 in Tokyo": the place only where the shop's clock differs."""
    place = place_words(zone) if clocks_differ(at, zone, shop_zone) else ""
    return f"{day_words(at, zone, now)} {clock_words(at, zone)}{place}"


def move_words(count: int, first: datetime | None, zone: ZoneInfo, *, done: bool) -> str:
    """Return what a change moves: "12 messages move, the first to Thursday 27 November 10:00."."""
    if count == 0 or first is None:
        return "No planned message moved." if done else "No planned message moves."
    told = f"{counted(count, 'message')} moved" if done else counted(count, "message moves", "messages move")
    to = f"{date_words(first, zone, first)} {clock_words(first, zone)}"
    return f"{told}, the first to {to}." if count > 1 else f"{told}, to {to}."
