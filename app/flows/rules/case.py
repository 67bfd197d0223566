"""One evaluation under way: the facts, the instant, and the lines still in question. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo

from app.flows.language.steps import Step
from app.flows.rules.decision import Facts, Hold, Item, Looked, Postpone, Skip
from app.flows.rules.reasons import Reason
from app.flows.timing.limits import Limits

UNNUMBERED: Final = 0  # the guard puts the rule's number in


@dataclass(frozen=True, slots=True)
class Case:
    """What a rule is given. `lines` shrinks as rules take lines out."""

    facts: Facts
    limits: Limits
    now: datetime
    lines: tuple[Item, ...]

    @property
    def step(self) -> Step:
        """Return the step this is about."""
        return self.facts.step

    @property
    def zone(self) -> ZoneInfo:
        """Return the recipient's clock."""
        return ZoneInfo(self.facts.follow_up.zone)


Verdict: TypeAlias = tuple[Item, ...] | Skip | Postpone | Hold


def keep(lines: tuple[Item, ...], wanted: Callable[[Item], bool]) -> tuple[Item, ...]:
    """Return the lines that go on; the very same tuple where all do, so that nothing is copied in the usual case."""
    left = tuple(line for line in lines if wanted(line))
    return lines if len(left) == len(lines) else left


def skip(reason: Reason, **looked_at: datetime | str | int | None) -> Skip:
    """Return a skip that remembers what was looked at."""
    return Skip(reason, UNNUMBERED, _plain(looked_at))


def hold(reason: Reason, **looked_at: datetime | str | int | None) -> Hold:
    """Return a hold that remembers what was looked at."""
    return Hold(reason, UNNUMBERED, _plain(looked_at))


def postpone(until: datetime, reason: Reason, **looked_at: datetime | str | int | None) -> Postpone:
    """Return a postponement that remembers what was looked at."""
    return Postpone(until, reason, UNNUMBERED, _plain(looked_at))


def _plain(looked_at: dict[str, datetime | str | int | None]) -> Looked:
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in looked_at.items()}
