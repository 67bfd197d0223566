"""Spend a share of what a shop's Admin API budget restores: saved while idle, owed when overdrawn. Pure.

Shopify fills a bucket by `rate` points a second and everything else the merchant has installed lives on its own bucket;
ours is also what webhooks and pages are fetched with, so work that can wait takes a share only.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

STANDARD_RATE: Final = 100.0  # points a second on the smallest plan, until an answer says otherwise
KEPT: Final = timedelta(minutes=1)  # how much unused time is saved: a burst takes a third of Shopify's bucket at most
HEAD_START: Final = timedelta(minutes=15)  # what a shop nothing was asked of yet may spend at once


@dataclass(slots=True)
class Meter:
    """Add up what requests cost. `rate` is the shop's, in points a second, as last told."""

    points: float = 0.0
    requests: int = 0
    rate: float = STANDARD_RATE

    def note(self, points: float, rate: float) -> None:
        """Take one answer's cost."""
        self.points += points
        self.requests += 1
        self.rate = rate if rate > 0 else self.rate


@dataclass(frozen=True, slots=True)
class Allowance:
    """What may be spent: `points` at the instant `at`, negative where too much was. `share` of `rate` is ours."""

    points: float
    at: datetime
    rate: float
    share: float

    def now(self, instant: datetime) -> Allowance:
        """Return it grown to an instant, at most to what KEPT saves; what is left of a head start stays."""
        gone = max(0.0, (instant - self.at).total_seconds())
        most = max(self.points, self.rate * self.share * KEPT.total_seconds())
        return Allowance(min(most, self.points + gone * self.rate * self.share), instant, self.rate, self.share)

    def after(self, meter: Meter) -> Allowance:
        """Return it less what was spent, at the rate the answers told."""
        return Allowance(self.points - meter.points, self.at, meter.rate, self.share)

    @property
    def wait(self) -> timedelta:
        """Return how long until nothing is owed."""
        return timedelta(seconds=max(0.0, -self.points) / (self.rate * self.share))


def head_start(at: datetime, rate: float, share: float) -> Allowance:
    """Return the allowance of a shop nothing was asked of yet."""
    return Allowance(rate * share * HEAD_START.total_seconds(), at, rate, share)
