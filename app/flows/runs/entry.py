"""Decide why an order is not in a flow: the other side of what admits it. Pure."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from app.flows.language.happenings import Event
from app.flows.runs.triggers import ENDS, Story, admits, occasions


class Outside(StrEnum):
    """Name every reason an order has no run in a flow."""

    NOT_STARTED = "not_started"  # the flow
    DELETED = "deleted"
    BEFORE_START = "before_start"
    UNPAID = "unpaid"
    NOT_HAPPENED = "not_happened"  # what starts the flow
    NOT_YET = "not_yet"  # it happened, and the order is read again soon


def outside(
    event: Event, story: Story, *, deleted: bool, started_at: datetime | None, include_from: datetime | None
) -> Outside:
    """Return why an order that has no run of a flow has none. `event` is what starts the flow."""
    if started_at is None or include_from is None:
        return Outside.NOT_STARTED
    if deleted:
        return Outside.DELETED
    told = [each for each in occasions(story) if each.event is event]
    if not told:
        return Outside.NOT_HAPPENED
    if any(admits(event, each, story, include_from=include_from) for each in told):
        return Outside.NOT_YET
    return Outside.UNPAID if not story.stands and event not in ENDS else Outside.BEFORE_START
