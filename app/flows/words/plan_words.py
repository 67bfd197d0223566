"""Say why a follow-up is planned when it is: anchor, delay, window, the latest day, whose clock. Pure, English."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from app.flows.language.steps import Anchor, Arrival
from app.flows.rules.decision import Facts
from app.flows.timing.limits import Limits
from app.flows.timing.plan import ready_at
from app.flows.timing.recipient_zone import ZoneSource
from app.flows.words.day_words import clock_words, date_words, place_words, your_words
from app.flows.words.step_words import HAPPENED, days_words

FOUND_BY: Final = {
    ZoneSource.PROVINCE: "by the address's province",
    ZoneSource.COUNTRY: "by the address's country",
    ZoneSource.SHOP: "the shop's own, because the address does not tell",
    ZoneSource.NONE: "because neither the address nor the shop tells",
}


def plan_words(facts: Facts, now: datetime, yours: ZoneInfo) -> tuple[str, ...]:
    """Return the sentences of the plan, from the anchor to the last day.

    What happened is by the reader's clock `yours`, and the hour it leaves by the recipient's and the reader's.
    """
    row, step, zone = facts.follow_up, facts.step, ZoneInfo(facts.follow_up.zone)
    told = []
    if row.anchor_at is not None and row.provisional:
        told.append(
            f"Counts from: the parcel was sent {_moment(row.anchor_at, yours, now)}. Nobody has reported yet that it"
            " arrived."
        )
        if step.fallback is not None:
            what = "Waits for that report" if step.arrival is Arrival.KNOWN else "Goes out without a report"
            told.append(f"{what} at the latest {days_words(step.fallback)} after sending; an arrival moves it earlier.")
    elif row.anchor_at is not None:
        told.append(f"Counts from: {HAPPENED[step.anchor]} {_moment(row.anchor_at, yours, now)}.")
    told.append(_delay_words(facts))
    if step.window is not None:
        told.append(
            f"Leaves between {step.window.from_hour}:00 and {step.window.to_hour}:00 by the recipient's clock,"
            " a few minutes apart from others."
        )
    told.append(f"Their clock: {zone.key.replace('_', ' ')}, {FOUND_BY[ZoneSource(row.zone_source)]}.")
    told.append(
        f"Due {_moment(row.due_at, zone, now)}{your_words(row.due_at, zone, yours, now)};"
        f" not sent any more after {date_words(row.expires_at, yours, now)}."
    )
    return tuple(told)


def _delay_words(facts: Facts) -> str:
    step, row = facts.step, facts.follow_up
    if step.anchor is not Anchor.DELIVERED:
        return f"Delay: {days_words(step.delay)}." if step.delay else "Delay: none, it goes out at once."
    after = f"Delay: {days_words(step.delay)} after the parcel arrives." if step.delay else "Delay: none after arrival."
    if row.anchor_at is None or row.provisional:
        return after
    gap = ready_at(step, row.anchor_at, Limits()) - (row.anchor_at + step.delay)
    return (
        f"{after} Raised to the {days_words(Limits().min_gap)} everybody gets to unpack."
        if gap > timedelta()
        else after
    )


def _moment(at: datetime, zone: ZoneInfo, now: datetime) -> str:
    return f"on {date_words(at, zone, now)} at {clock_words(at, zone)}{place_words(zone)}"
