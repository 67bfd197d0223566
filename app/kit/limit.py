"""Let a thing happen at most so often. Counted in this process: n processes let it happen n times as often."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Hashable

MOST_KEYS = 10_000  # forgetting all of them lets a few through too many, and bounds the memory


class Limit:
    """Count what happened lately, by key."""

    def __init__(self, times: int, per_s: float) -> None:
        """Take how often within how many seconds."""
        self.times, self.per_s = times, per_s
        self._lock = threading.Lock()
        self._lately: dict[Hashable, deque[float]] = {}

    def take(self, key: Hashable) -> bool:
        """Return whether it may happen once more now, and count it if so."""
        now = time.monotonic()
        with self._lock:
            if len(self._lately) > MOST_KEYS:
                self._lately.clear()
            lately = self._lately.setdefault(key, deque(maxlen=self.times))
            if len(lately) == self.times and now - lately[0] < self.per_s:
                return False
            lately.append(now)
            return True
