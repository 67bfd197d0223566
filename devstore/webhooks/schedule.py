"""Decide when a failed delivery is tried again: eight more times within four hours."""

from datetime import datetime, timedelta

# Minutes between one attempt and the next; together 240.
WAITS = (1, 2, 5, 12, 30, 50, 65, 75)


def next_try(
    attempts: int, *, store_now: datetime, real_now: datetime, window_seconds: float
) -> tuple[datetime, datetime] | None:
    """Return when the next attempt is due on the store's clock and on the machine's, or None after the last.

    `attempts` counts those made. The machine's mark squeezes the four hours into `window_seconds`.
    """
    if attempts > len(WAITS):
        return None
    minutes = WAITS[attempts - 1]
    return store_now + timedelta(minutes=minutes), real_now + timedelta(seconds=window_seconds * minutes / sum(WAITS))
