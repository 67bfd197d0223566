"""Stop parts in waves, each asked kindly every second and killed when its patience is over."""

import time
from collections.abc import Sequence

from serve.part import Part
from serve.signals import Signals

_LOOK_EVERY = 0.05  # seconds


def stop(parts: Sequence[Part], patience: float, signals: Signals) -> list[str]:
    """End all `parts`, which are asked at once and again each second.

    Args:
        parts: what to end; those that never started are passed over.
        patience: seconds until the rest is killed.
        signals: woken by each child's end, so that nothing waits longer than it must.

    Returns:
        The names of those that had to be killed.
    """
    left = [part for part in parts if not part.gone()]
    until = time.monotonic() + patience
    ask_at = 0.0
    while left and time.monotonic() < until:
        if time.monotonic() >= ask_at:
            for part in left:
                part.ask()
            ask_at = time.monotonic() + 1
        signals.wait(_LOOK_EVERY)
        left = [part for part in left if not part.gone()]
    for part in left:
        part.kill()
    return [part.name for part in left]
