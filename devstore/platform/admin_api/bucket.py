"""Hold an app to its points: a bucket that fills at the rate of the shop's plan, one for each shop."""

import threading
from dataclasses import dataclass, field

RATES = {"basic": 100.0, "advanced": 200.0, "plus": 1000.0}  # points a second
SECONDS_KEPT = 20.0  # how much of unused time a bucket holds


@dataclass
class Bucket:
    """Points at hand; times are seconds of a clock that only goes forward."""

    rate: float
    level: float
    seen: float
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def capacity(self) -> float:
        """Return how many points it holds when full."""
        return self.rate * SECONDS_KEPT

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
            self.level = min(self.capacity, self.level + points)
            return self.level

    def _fill(self, now: float) -> None:
        self.level = min(self.capacity, self.level + max(0.0, now - self.seen) * self.rate)
        self.seen = now


_buckets: dict[int, Bucket] = {}
_lock = threading.Lock()


def bucket_of(shop_id: int, plan: str, now: float) -> Bucket:
    """Return the shop's bucket, full when first asked for."""
    with _lock:
        return _buckets.setdefault(shop_id, Bucket(RATES[plan], RATES[plan] * SECONDS_KEPT, now))
