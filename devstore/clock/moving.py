"""Tell whether the clock is being moved: who looks now and then for something due looks more often meanwhile."""

import threading

SHORT_SECONDS = 0.05

moving = threading.Event()


def between_looks(seconds: float) -> float:
    """Return how long to wait until the next look: the usual `seconds`, or a moment while the clock is moved."""
    return min(seconds, SHORT_SECONDS) if moving.is_set() else seconds
