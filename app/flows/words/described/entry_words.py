"""Say why an order is in a flow or is not. Pure, English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from app.flows.runs.by_calendar import CATCH_UP, WATCHED
from app.flows.runs.entry import Outside

WORDS: Final[Mapping[Outside, str]] = {
    Outside.NOT_STARTED: "Not in it: this flow has not been started. Orders from the start on are taken in.",
    Outside.DELETED: "Not in it: the order was deleted. Nothing changes that.",
    Outside.BEFORE_START: "Not in it: it is from before you started this flow, and was not included then.",
    Outside.UNPAID: "Not in it yet: the order is not paid. Taken in when it is.",
    Outside.NOT_HAPPENED: "Not in it yet: {event} has not happened. Taken in when it does.",
    Outside.NOT_YET: "Not in it yet: it is taken in when the order is read next.",
}
BY_CALENDAR: Final = (
    "Not in it: its day ({event}) has not come, came more than {days} days before it was looked for,"
    " or another order of the same person counts."
)
FILTERED: Final = "Not in it: the flow's condition did not hold when it could have started ({found}). Asked once."
RUNNING: Final = "In it since {since}; what it sends is told below."
ENDED: Final = "In it since {since}, and through."


def outside_words(why: Outside, event: str) -> str:
    """Return why an order is not in a flow; `event` is what would start it, as "shipped"."""
    by_calendar = why is Outside.NOT_HAPPENED and event in WATCHED
    words = BY_CALENDAR if by_calendar else WORDS[why]
    return words.format(event=f"“{event.replace('_', ' ')}”", days=CATCH_UP.days)
