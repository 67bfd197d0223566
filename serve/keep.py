"""Restart what dies, later each time it dies again soon."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from serve.part import Part
from serve.say import say
from serve.signals import Signals

PAUSES = (0.1, 0.5, 1.0, 2.0, 5.0, 10.0)  # seconds before the first, second … restart
_STEADY = 30.0  # seconds of life after which earlier deaths are forgotten
_MINUTE = 60.0
_SAY_EVERY = 20.0  # seconds between two lines about one part


@dataclass
class _Kept:
    """One part with what is known of its deaths."""

    part: Part
    started: float
    deaths: int = 0
    again: float | None = None  # when it is started again, None while it lives
    said: float = float("-inf")


def pause_before(deaths: int) -> float:
    """Return the seconds to wait after the given number of deaths in a row (1 or more)."""
    return PAUSES[min(deaths, len(PAUSES)) - 1]


def keep(parts: list[Part], signals: Signals, each_minute: Callable[[], None]) -> None:
    """Keep running parts running until a stop is asked for."""
    kept = [_Kept(part, time.monotonic()) for part in parts]
    tidied = time.monotonic()
    while not signals.stop:
        if time.monotonic() - tidied > _MINUTE:
            tidied = time.monotonic()
            each_minute()
        for one in kept:
            _look(one)
        waits = [one.again - time.monotonic() for one in kept if one.again is not None]
        # Children wake this wait when they end; the bound covers an end just before it began.
        signals.wait(min([*waits, 2.0]))


def _look(one: _Kept) -> None:
    """Note a death, or start again what has waited long enough."""
    now = time.monotonic()
    if one.again is None:
        if one.part.alive():
            return
        one.deaths = 1 if now - one.started > _STEADY else one.deaths + 1
        one.again = now + pause_before(one.deaths)
        if now - one.said > _SAY_EVERY:
            one.said = now
            say(f"{one.part.name} ended and is started again; its log is {one.part.log}")
    elif now >= one.again:
        one.part.start()
        one.started, one.again = time.monotonic(), None
