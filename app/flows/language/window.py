"""Say in which hours of a day a step may speak. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

EVERY_DAY: Final = frozenset(range(7))


@dataclass(frozen=True, slots=True)
class SendWindow:
    """The hours of a day, local to the recipient, in which a message may leave: [from_hour, to_hour).

    `weekdays`: Monday is 0.
    """

    from_hour: int = 9
    to_hour: int = 20
    weekdays: frozenset[int] = EVERY_DAY

    def is_open(self, at: datetime, zone: ZoneInfo) -> bool:
        """Say whether a message may leave at this instant."""
        local = at.astimezone(zone)
        return local.weekday() in self.weekdays and self.from_hour <= local.hour < self.to_hour
