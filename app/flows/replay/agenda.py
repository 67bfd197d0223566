"""Keep what is still to come of a replay in the order in which it happens."""

from __future__ import annotations

import heapq
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import Any


class Rank(IntEnum):
    """Order what happens in one instant: news is heard before anything is decided."""

    NEWS = 0
    CALENDAR = 1
    LOOK = 2
    DUE = 3


@dataclass(slots=True)
class Agenda:
    """Hold it. Where there are `ticks`, nothing is looked at or sent at any other instant."""

    ticks: Sequence[datetime] | None = None
    _coming: list[tuple[datetime, Rank, datetime, int, Any]] = field(default_factory=list)
    _count: int = 0

    def news(self, at: datetime, thing: object) -> None:
        """Let something be learned at an instant."""
        self._push(at, Rank.NEWS, at, thing)

    def turn(self, rank: Rank, at: datetime, now: datetime, thing: object) -> None:
        """Let something have its turn once its time `at` has come, at the first tick from now on."""
        self._push(self._tick(max(at, now)), rank, at, thing)

    def next(self, until: datetime) -> tuple[datetime, Rank] | None:
        """Return when what comes next happens, and what kind it is; None where nothing does until then."""
        return self._coming[0][:2] if self._coming and self._coming[0][0] <= until else None

    def take(self) -> Any:
        """Return what comes next, which is no longer to come."""
        return heapq.heappop(self._coming)[-1]

    def _push(self, at: datetime, rank: Rank, order_by: datetime, thing: object) -> None:
        self._count += 1
        heapq.heappush(self._coming, (at, rank, order_by, self._count, thing))

    def _tick(self, at: datetime) -> datetime:
        if self.ticks is None:
            return at
        place = bisect_left(self.ticks, at)
        return self.ticks[place] if place < len(self.ticks) else datetime.max.replace(tzinfo=at.tzinfo)
