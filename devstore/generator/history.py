"""Draw a shop's whole history from a seed: the same arguments give the same events."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from heapq import merge

from devstore.generator.draw.catalogue import TRADES, Trade
from devstore.generator.draw.demand import Demand
from devstore.generator.draw.life import Life
from devstore.generator.draw.odd import draw_odd
from devstore.generator.draw.parcels import Transit, Way
from devstore.generator.draw.people import Person
from devstore.generator.rates import ORDINARY, Rates
from devstore.generator.transit import transit
from devstore.generator.truth import ConsentChanged, Event, History, PersonCame, Scanned

DAYS_A_YEAR = 365.25
TOOK_BACK_SINCE = 0.04  # of those who agreed, a year


@dataclass(frozen=True, slots=True)
class Plan:
    """What to draw: `orders` is about how many, over `years` up to `until` (an aware UTC instant)."""

    shop: str
    seed: int
    until: datetime
    years: float = 2.0
    orders: int = 2_000
    rates: Rates = ORDINARY

    @property
    def trade(self) -> Trade:
        """Return what the shop sells: its seed decides."""
        return TRADES[self.seed % len(TRADES)]

    @property
    def since(self) -> datetime:
        """Return where the history begins."""
        return self.until - timedelta(days=round(self.years * DAYS_A_YEAR))


def plans(count: int, seed: int, until: datetime, *, years: float, orders: int) -> list[Plan]:
    """Return plans of many shops, each with its own seed; the first is the largest, as trade is spread."""
    until = until.astimezone(UTC).replace(microsecond=0)
    return [
        Plan(f"made-{seed}-{place}", seed * 1_000 + place, until, years, max(10, round(orders / (1 + place % 3))))
        for place in range(count)
    ]


def draw(plan: Plan, travel: Transit = transit) -> History:
    """Return everything that truly happened, in time order, with what is still to come for orders already placed."""
    dice = random.Random(plan.seed)
    demand = Demand(dice, plan.shop, plan.trade, plan.rates, plan.since, plan.until)
    demand.draw(plan.orders)
    draw_odd(demand)
    sales = sorted(demand.sales, key=lambda sale: sale.at)
    life = Life(dice, plan.shop, plan.rates, Way(dice, plan.shop, plan.rates, travel))
    events: list[Event] = list(demand.events)
    came: set[int] = set()
    for number, sale in enumerate(sales, start=1):
        if sale.person.number not in came:
            came.add(sale.person.number)
            events += _arrival(dice, plan, sale.person, sale.at)
        events += life.of(sale, number)
    for event in events:
        _trim(event)
    events.sort(key=lambda event: event.at)
    return History(plan.shop, plan.until, events)


def stream(histories: Sequence[History]) -> Iterator[Event]:
    """Yield the events of many shops in time order."""
    return merge(*(history.events for history in histories), key=lambda event: event.at)


def _trim(event: Event) -> None:
    """Take off what is less than a second: Shopify dates in whole ones."""
    object.__setattr__(event, "at", event.at.replace(microsecond=0))  # not yet handed out
    if isinstance(event, Scanned):
        object.__setattr__(event, "happened_at", event.happened_at.replace(microsecond=0))


def _arrival(dice: random.Random, plan: Plan, person: Person, at: datetime) -> Iterator[Event]:
    yield PersonCame(
        at=at,
        shop=plan.shop,
        person=person.number,
        email=person.email,
        first_name=person.first_name,
        last_name=person.last_name,
        locale=person.locale,
        phone=person.phone,
        consent=person.consent,
        address=person.address,
        guest=person.guest,
        bot=person.bot,
    )
    if person.consent == "subscribed" and not person.guest:
        later = at + timedelta(days=dice.expovariate(TOOK_BACK_SINCE / DAYS_A_YEAR))
        if later < plan.until:
            yield ConsentChanged(at=later, shop=plan.shop, person=person.number, state="unsubscribed")
