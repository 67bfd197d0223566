"""Say in which hours of a day a step may speak. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

EVERY_DAY: Final = frozenset(range(7))
HOUR: Final = 60
DAY: Final = 24 * HOUR
GRACE: Final = HOUR  # minutes after its time that a message with an exact one may still leave, when we are late


@dataclass(frozen=True, slots=True)
class SendWindow:
    """The hours of a day, local to the recipient, in which a message may leave: [from_hour, to_hour).

    `weekdays`: Monday is 0. `exact` means at `from_hour` to the minute: the rest of the window only serves a message
    that we are late with; it is never planned there.
    """

    from_hour: int = 9
    to_hour: int = 20
    weekdays: frozenset[int] = EVERY_DAY
    from_minute: int = 0
    to_minute: int = 0
    exact: bool = False

    @property
    def opens(self) -> int:
        """Return the minute of the day it opens."""
        return self.from_hour * HOUR + self.from_minute

    @property
    def closes(self) -> int:
        """Return the minute of the day it closes; 1440 is midnight."""
        return self.to_hour * HOUR + self.to_minute

    def is_open(self, at: datetime, zone: ZoneInfo) -> bool:
        """Say whether a message may leave at this instant."""
        local = at.astimezone(zone)
        return local.weekday() in self.weekdays and self.opens <= local.hour * HOUR + local.minute < self.closes


def at_time(hour: int, minute: int = 0, weekdays: frozenset[int] = EVERY_DAY) -> SendWindow:
    """Return the window of a message that leaves at one time of day, to the minute."""
    closes = min(hour * HOUR + minute + GRACE, DAY)
    return SendWindow(hour, closes // HOUR, weekdays, minute, closes % HOUR, exact=True)
