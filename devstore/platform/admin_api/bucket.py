"""Hold an app to its points: a bucket that fills at a fixed rate, one for each shop."""

import threading
from dataclasses import dataclass, field

CAPACITY = 2000.0
RATE = 100.0


@dataclass
class Bucket:
    """Points at hand; times are seconds of a clock that only goes forward."""

    level: float = CAPACITY
    seen: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, points: float, now: float) -> bool:
        """Take the points if there are enough."""
        with self.lock:
            self._fill(now)
            if points > self.level:
                return False
            self.level -= points
            return True

    def give_back(self, points: float, now: float) -> float:
        """Return what was charged too much, and the level then."""
        with self.lock:
            self._fill(now)
            self.level = min(CAPACITY, self.level + points)
            return self.level

    def _fill(self, now: float) -> None:
        self.level = min(CAPACITY, self.level + max(0.0, now - self.seen) * RATE)
        self.seen = now


_buckets: dict[int, Bucket] = {}
_lock = threading.Lock()


def bucket_of(shop_id: int, now: float) -> Bucket:
    """Return the shop's bucket, full when first asked for."""
    with _lock:
        return _buckets.setdefault(shop_id, Bucket(seen=now))
