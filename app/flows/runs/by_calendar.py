"""Decide which runs the calendar starts: years after a person's first order, days after the last. Pure.

A look at the calendar counts what came due within the last CATCH_UP, so that a machine that stood still, or a shop cut
off, for less than that loses no run: what has become too old to say ends with that as its reason. A run that was
started is never started again. Nothing from before a flow was switched on counts, nor what came due longer ago.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from app.flows.language.flow import FlowDocument
from app.flows.language.happenings import Event
from app.flows.language.steps import Subject
from app.flows.runs.anniversaries import anniversary, years_passed
from app.flows.runs.triggers import Occasion

WATCHED: Final = frozenset({Event.FIRST_ORDER_ANNIVERSARY, Event.DAYS_WITHOUT_ORDER})
CATCH_UP: Final = timedelta(days=60)  # the longest a message may wait: what is older would say nothing


@dataclass(frozen=True, slots=True)
class Dated:
    """Hold what the calendar asks of an order: our ids, when it was placed, and the zone of whoever it went to."""

    order_id: int
    customer_id: int
    placed_at: datetime
    zone: ZoneInfo


def called_for(document: FlowDocument, order: Dated, since: datetime | None, now: datetime) -> Occasion | None:
    """Return what a look at the calendar starts for an order: the first of a person, or the last.

    `since` is from when on the flow takes in what happens; None means not at all.
    """
    found = _latest(document, order, now)
    if found is None or since is None or not max(since, now - CATCH_UP) <= found.at <= now:
        return None
    return found


def next_at(document: FlowDocument, order: Dated, now: datetime) -> datetime | None:
    """Return when the calendar may next start something for an order; None where it never will again."""
    if document.trigger.on is Event.DAYS_WITHOUT_ORDER:
        at = _silence_ends(document, order)
        return at if at > now else None
    return anniversary(order.placed_at, years_passed(order.placed_at, now, order.zone) + 1, order.zone)


def _latest(document: FlowDocument, order: Dated, now: datetime) -> Occasion | None:
    if document.trigger.on is Event.DAYS_WITHOUT_ORDER:
        return Occasion(Event.DAYS_WITHOUT_ORDER, Subject.ORDER, order.order_id, _silence_ends(document, order))
    years = years_passed(order.placed_at, now, order.zone)
    if not years:
        return None
    at = anniversary(order.placed_at, years, order.zone)
    return Occasion(Event.FIRST_ORDER_ANNIVERSARY, Subject.CUSTOMER, order.customer_id, at, years)


def _silence_ends(document: FlowDocument, order: Dated) -> datetime:
    return order.placed_at + timedelta(days=document.trigger.days or 0)
