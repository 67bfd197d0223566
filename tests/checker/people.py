"""Hold what was sent against who people are: nobody is asked twice about a thing, a stop is known at the shop."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from tests.checker.evidence import Evidence, Violation
from tests.checker.history import History
from tests.checker.letters import Letter
from tests.checker.oracle import GRACE, NEVER_TOLD

Spoken = Mapping[tuple[str, int], Sequence[Letter]]
A_YEAR = timedelta(days=365)


def asked_twice(history: History, spoken: Spoken) -> Iterator[Violation]:
    """Yield requests about a product the same person was asked about before, in another order."""
    asked = defaultdict(list)
    for (step, line), letters in spoken.items():
        if step == "review_request":
            order = next(one for one in history.orders.values() if line in one.lines)
            whom = (order.shop, order.person, order.products[line])
            asked[whom] += [(letter.at, order) for letter in letters]
    for (shop, person, product), requests in asked.items():
        requests.sort(key=lambda each: (each[0], each[1].id))
        for (first, one), (second, other) in pairwise(requests):
            if one is other or second - first > A_YEAR:
                continue
            if other.id in one.partners and second <= _joined(history, shop, person):
                continue
            words = f"{person} of {shop} was asked about {product} at {first} (order {one.id}) and at {second}"
            yield Violation("asked twice", f"{words} (order {other.id})")


def _joined(history: History, shop: str, person: int) -> datetime:
    """Return when the app had to know of a merge."""
    at, known_at = history.merged[shop, person]
    return max(at, known_at) + GRACE if known_at is not None else at + NEVER_TOLD


def told_at_the_shop(evidence: Evidence, history: History) -> Iterator[Violation]:
    """Yield those whose stop the shop's own record does not know in the end, though nothing was said there since."""
    states = {(shop, email): (person, state) for shop, email, person, state, gone in evidence.agreed if not gone}
    for shop, email, at in evidence.stops:
        if (shop, email) not in states or history.shops[shop].gone:
            continue
        person, state = states[shop, email]
        said = [
            one for one in evidence.truth if one["kind"] == "consent" and (one["shop"], one["person"]) == (shop, person)
        ]
        if state != "unsubscribed" and not any(one["by"] == "shopper" and one["at"] > at for one in said):
            yield Violation("not told", f"{person} of {shop} stopped at {at}, and the shop's record says {state}")
