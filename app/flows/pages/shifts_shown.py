"""Show one message that a change moves: whose, which, and its dates before and after, by the recipient's clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from app.flows.planning.publishing.shifts import Shift
from app.flows.rules.reasons import Reason
from app.flows.words.day_words import clock_words, date_words, place_words
from app.flows.words.described.step_words import step_name

LEFT_OUT: Final = {
    Reason.STEP_GONE: "no longer part of the flow",
    Reason.ADDED_LATER: "its time has passed",
    Reason.LEFT_TO_SHOPIFY: "its time has passed; Shopify's own went out",
    Reason.EXITED: "what ends the run has happened",
    Reason.GOAL_REACHED: "what the flow is for has been reached",
}


@dataclass(frozen=True, slots=True)
class ShiftShown:
    """One message a move changes: whose, which, and its dates before and after."""

    about: str
    before: str
    after: str


def shift_shown(each: Shift, now: datetime) -> ShiftShown:
    """Return one message a move changes, in words, by the recipient's clock."""
    zone = each.planned.zone.zone if each.planned is not None else ZoneInfo(each.row.zone if each.row else "Etc/UTC")
    before = _moment(each.before, zone, now) if each.before is not None else "not planned"
    if each.reason is not None:
        after = f"left out: {LEFT_OUT[each.reason]}"
    elif each.after is not None:
        after = _moment(each.after, zone, now)
    else:
        after = "when the run comes to it"
    return ShiftShown(f"{step_name(each.step)} · order {each.order.name}", before, after)


def _moment(at: datetime, zone: ZoneInfo, now: datetime) -> str:
    return f"{date_words(at, zone, now)} {clock_words(at, zone)}{place_words(zone)}"
