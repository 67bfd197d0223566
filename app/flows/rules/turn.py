"""Decide when a person may hear from the shop again: how many messages fit, and whose turn it is. Pure.

A window slides: at any instant, no more than `most` messages lie within the length before it. What does not fit waits
for the first instant that has room; where several wait, what matters more goes first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from app.customers.legal_basis import MessageClass
from app.flows.language.steps import Step
from app.flows.rules.decision import Bounds

WEEK: Final = timedelta(days=7)
MONTH: Final = timedelta(days=30)
PRIORITY: Final = {MessageClass.MIXED: 30, MessageClass.REVIEW_ASK: 20, MessageClass.MARKETING: 10}


@dataclass(frozen=True, slots=True)
class Window:
    """At most `most` messages within any `length`. `most` is at least 1."""

    most: int
    length: timedelta


def windows(bounds: Bounds) -> tuple[Window, ...]:
    """Return the shop's windows."""
    return Window(bounds.per_week, WEEK), Window(bounds.per_month, MONTH)


def is_capped(step: Step) -> bool:
    """Tell whether a step counts: everything that is not part of the sale."""
    return step.message_class is not MessageClass.TRANSACTIONAL


def priority(step: Step) -> int:
    """Return how much a step matters beside others to the same person; more goes first."""
    return PRIORITY.get(step.message_class, 0)


def room_at(said: Sequence[datetime], wanted: Sequence[Window], now: datetime) -> datetime:
    """Return the first instant from `now` on at which one more message keeps every window."""
    at, before = now, datetime.min.replace(tzinfo=now.tzinfo)
    while before != at:
        before = at
        for window in wanted:
            inside = sorted(each for each in said if each > at - window.length)
            if len(inside) >= window.most:
                at = inside[len(inside) - window.most] + window.length
    return at
