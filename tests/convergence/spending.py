"""Write down what each shop's Admin API bucket gave on the virtual clock, and the quarter of an hour that gave most."""

from collections import defaultdict, deque
from types import SimpleNamespace

from devstore.platform.admin_api import bucket

WINDOW_S = 900  # a quarter of an hour
STANDARD = 100.0  # points a second


class Spending:
    """Write down what each shop's bucket gave, by the virtual clock."""

    def __init__(self, patch, both):
        self.by_shop = defaultdict(list)
        self.requests, self._both = 0, both
        patch.setattr(bucket, "RATES", dict.fromkeys(bucket.RATES, STANDARD))
        bucket._buckets.clear()
        clock = SimpleNamespace(monotonic=lambda: _seconds(both))
        patch.setattr("devstore.platform.admin_api.route.time", clock)
        real = bucket.bucket_of

        def watched(shop_id, plan, now):
            found = real(shop_id, plan, now)
            self._watch(shop_id, found)
            return found

        patch.setattr("devstore.platform.admin_api.route.bucket_of", watched)

    def _watch(self, shop_id, found):
        if "take" in vars(found):
            return
        take, give_back = found.take, found.give_back

        def taken(points, now):
            got = take(points, now)
            if got:
                self.requests += 1
                self.by_shop[shop_id].append((now, points))
            return got

        def given(points, now):
            self.by_shop[shop_id].append((now, -points))
            return give_back(points, now)

        found.take, found.give_back = taken, given

    @property
    def points(self):
        return sum(points for spent in self.by_shop.values() for _, points in spent)

    def worst_share(self):
        """Return the largest share of what Standard restores that any shop gave in any quarter of an hour."""
        return max((_most_within(spent) for spent in self.by_shop.values()), default=0.0) / (STANDARD * WINDOW_S)


def _seconds(both):
    return both.now.timestamp()


def _most_within(spent):
    window, total, most = deque(), 0.0, 0.0
    for at, points in spent:
        window.append((at, points))
        total += points
        while at - window[0][0] >= WINDOW_S:
            total -= window.popleft()[1]
        most = max(most, total)
    return most
