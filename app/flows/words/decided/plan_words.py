"""Say why a follow-up is planned when it is: anchor, delay, window, the latest day, whose clock. Pure, English."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from app.flows.language.steps import Anchor, Arrival
from app.flows.rules.decision import Facts
from app.flows.timing.calendar import hours_of
from app.flows.timing.delays import after_delay, gap_of
from app.flows.timing.recipient_zone import ZoneSource
from app.flows.words.count_words import counted
from app.flows.words.country_words import country_words
from app.flows.words.day_words import clock_words, date_words, place_words, your_words
from app.flows.words.decided.arrival_words import should_have_words
from app.flows.words.described.step_words import HAPPENED, clock_of, days_words, delay_words, hours_words

FOUND_BY: Final = {
    ZoneSource.ZIP: "by the address's postal code",
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
    likely = next((line.inferred for line in facts.items if line.inferred and line.inferred.at == row.anchor_at), None)
    if likely is not None and row.provisional:
        told.append(f"Counts from: the parcel {should_have_words(likely, yours, now)}. Nobody has reported it yet.")
        told.append("A report moves it; so does a scan that still has it on its way.")
    elif row.anchor_at is not None and row.provisional:
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
        apart = "" if step.window.exact else ", a few minutes apart from others"
        told.append(f"Leaves {hours_words(step.window)} by the recipient's clock{apart}.")
    told += _kept_free(facts)
    told.append(f"Their clock: {zone.key.replace('_', ' ')}, {FOUND_BY[ZoneSource(row.zone_source)]}.")
    told.append(
        f"Due {_moment(row.due_at, zone, now)}{your_words(row.due_at, zone, yours, now)};"
        f" not sent any more after {date_words(row.expires_at, yours, now)}."
    )
    return tuple(told)


def _delay_words(facts: Facts) -> str:
    step, row = facts.step, facts.follow_up
    delay = delay_words(step)
    if step.anchor is not Anchor.DELIVERED:
        return f"Delay: {delay}." if delay else "Delay: none, it goes out at once."
    after = f"Delay: {delay} after the parcel arrives." if delay else "Delay: none after arrival."
    if row.anchor_at is None or row.provisional or not step.about_lines:
        return after
    zone, gap = ZoneInfo(row.zone), gap_of(step, facts.calendar)
    if after_delay(step, row.anchor_at, zone, facts.calendar) >= row.anchor_at + gap:
        return after
    return f"{after} Raised to the {_gap_words(gap)} everybody gets to unpack."


def _gap_words(gap: timedelta) -> str:
    hours = gap // timedelta(hours=1)
    return counted(hours, "hour") if hours % 24 else counted(hours // 24, "day")


def _kept_free(facts: Facts) -> list[str]:
    """Say what the shop's calendar keeps free, where it has any say."""
    calendar, told = hours_of(facts.step, facts.calendar), []
    if calendar.quiet is not None:
        told.append(
            f"Quiet hours: nothing leaves from {clock_of(calendar.quiet.opens)} to {clock_of(calendar.quiet.closes)}."
        )
    if calendar.blackouts:
        told.append("Days you keep free of messages are left out.")
    if calendar.holidays_closed:
        told.append(f"Public holidays in {country_words(facts.customer.country)} are left out.")
    return told


def _moment(at: datetime, zone: ZoneInfo, now: datetime) -> str:
    return f"on {date_words(at, zone, now)} at {clock_words(at, zone)}{place_words(zone)}"
