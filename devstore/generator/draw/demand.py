"""Draw who buys what and when: newcomers by season and growth, then each by their own habits until they stop."""

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import accumulate
from typing import Any
from zoneinfo import ZoneInfo

from devstore.generator.draw.catalogue import Habit, Item, Trade
from devstore.generator.draw.people import Person, again, draw_person, gift_address
from devstore.generator.rates import Rates
from devstore.generator.truth import Bought, Event, HabitEnded, HabitFormed, PeopleMerged

HOURS = (7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23)
BUSY = (2, 3, 4, 5, 5, 6, 5, 4, 4, 4, 5, 6, 8, 9, 9, 7, 3)
WEEKDAYS = (1.05, 1.0, 0.95, 0.95, 0.9, 0.95, 1.2)  # from Monday
NOTES = ("Please ring twice", "Leave it with the neighbours", "The bell says Flat 4")
WISHES = ("Happy birthday! With love", "Thank you for everything", "For your new home")


@dataclass
class Sale:
    """One order to be, before it has a number."""

    at: datetime
    person: Person
    lines: tuple[Bought, ...]
    kind: str
    address: dict[str, Any] | None
    gift: bool = False
    note: str | None = None
    tags: tuple[str, ...] = ()
    source: str = "web"


class Demand:
    """The dice of one shop's demand between two instants."""

    def __init__(
        self, dice: random.Random, shop: str, trade: Trade, rates: Rates, since: datetime, until: datetime
    ) -> None:
        self.dice, self.shop, self.trade, self.rates = dice, shop, trade, rates
        self.since, self.until = since, until
        self.people: list[Person] = []
        self.sales: list[Sale] = []
        self.events: list[Event] = []
        self._days = [since.date() + timedelta(days=n) for n in range((until - since).days)]
        self._weights = list(accumulate(self._weight(day) for day in self._days))
        self._entries = [item for item in trade.items for _ in range(item.goods.weight)]

    def draw(self, orders: int) -> None:
        """Let people come until there are that many orders, or a few more: the last one's life is drawn whole."""
        while len(self.sales) < orders:
            person = draw_person(self.dice, len(self.people) + 1, self.shop, self.rates)
            self.people.append(person)
            first = self._when(person)
            self._live(person, first)
            if not person.guest and self.dice.random() < self.rates.merged:
                self._come_again(person, first)

    def moment(self, day: date, zone: str) -> datetime:
        """Return an instant of a day when people there shop."""
        dice = self.dice
        hour = dice.choices(HOURS, BUSY)[0]
        local = datetime(
            day.year, day.month, day.day, hour, dice.randrange(60), dice.randrange(60), tzinfo=ZoneInfo(zone)
        )
        return local.astimezone(self.since.tzinfo)

    def _weight(self, day: date) -> float:
        years = (day - self.since.date()).days / 365.25
        friday = 4.0 if day.month == 11 and 23 <= day.day <= 29 and day.weekday() in {4, 0} else 1.0
        season = self.trade.season[day.month - 1]
        return season * math.pow(self.trade.growth, years) * WEEKDAYS[day.weekday()] * friday

    def _when(self, person: Person) -> datetime:
        day = self.dice.choices(self._days, cum_weights=self._weights)[0]
        return self.moment(day, person.home.zone)

    def _come_again(self, person: Person, first: datetime) -> None:
        """Let a known person come as somebody new, and the shop find out weeks later."""
        twin = again(self.dice, len(self.people) + 1, person)
        self.people.append(twin)
        at = first + timedelta(days=self.dice.uniform(5, 120))
        if at >= self.until:
            at = first + (self.until - first) * self.dice.uniform(0.2, 0.9)
        self.sales.append(self._sale(twin, at, self._basket(self.dice.choice(self._entries))))
        found = at + timedelta(days=self.dice.uniform(3, 60))
        self.events.append(PeopleMerged(at=found, shop=self.shop, kept=person.number, gone=twin.number))

    def _live(self, person: Person, first: datetime) -> None:
        """Draw everything a person ever buys: a first basket, and what runs out of it again and again."""
        dice = self.dice
        basket = self._basket(dice.choice(self._entries))
        self.sales.append(self._sale(person, first, basket))
        for line in basket:
            item = self.trade.by_handle[line.product]
            if item.habit is not None and line.product not in person.habits:
                person.habits[line.product] = own_days(dice, item.habit)
                self._use_up(person, item, item.habit, line, first)

    def _use_up(self, person: Person, item: Item, habit: Habit, line: Bought, at: datetime) -> None:
        dice, days = self.dice, person.habits[item.handle]
        self.events.append(HabitFormed(at=at, shop=self.shop, person=person.number, product=item.handle, days=days))
        one = Bought(item.handle, line.form, line.quantity, line.price, carried=True)
        for wait in intervals(dice, habit, days, regular=person.subscribes):
            due = at + timedelta(days=wait)
            if due >= self.until:
                return
            at = due if person.subscribes else max(self.moment(due.date(), person.home.zone), at + timedelta(hours=1))
            if at >= self.until:
                return
            if person.subscribes:
                tags = ("Subscription", "Subscription Recurring Order")
                renewal = Sale(
                    at, person, (one,), "subscription", person.address, tags=tags, source="subscription_contract"
                )
                self.sales.append(renewal)
                continue
            beside = [self._line(dice.choice(self.trade.items))] if dice.random() < 0.25 else []
            lines = (one, *(other for other in beside if other.product not in person.habits and other.carried))
            self.sales.append(self._sale(person, at, lines))
        self.events.append(HabitEnded(at=at, shop=self.shop, person=person.number, product=item.handle))

    def _basket(self, item: Item) -> tuple[Bought, ...]:
        """Return what is bought with an item: what goes beside it, now and then something else."""
        picked = {item.handle: self._line(item)}
        if not item.goods.forms[0].shipped:
            return tuple(picked.values())
        for handle in item.beside:
            if self.dice.random() < 0.4:
                picked.setdefault(handle, self._line(self.trade.by_handle[handle]))
        while self.dice.random() < 0.22 and len(picked) < 5:
            other = self.dice.choice(self._entries)
            picked.setdefault(other.handle, self._line(other))
        return tuple(picked.values())

    def _line(self, item: Item) -> Bought:
        place = self.dice.randrange(len(item.goods.forms))
        form = item.goods.forms[place]
        quantity = self.dice.choice((1, 1, 1, 1, 2)) if form.shipped else 1
        return Bought(item.handle, place, quantity, form.price, form.shipped, form.gift_card)

    def _sale(self, person: Person, at: datetime, lines: tuple[Bought, ...]) -> Sale:
        """Return an order of the kind its goods and the dice make it."""
        dice, rates = self.dice, self.rates
        if not any(line.carried for line in lines):
            return Sale(at, person, lines, "digital", None)
        home = person.other if person.other and dice.random() < 0.35 else person.address
        sale = Sale(at, person, lines, "ordinary", home, note=dice.choice(NOTES) if dice.random() < 0.04 else None)
        if any(self.trade.by_handle[line.product].pre_order for line in lines):
            sale.kind, sale.tags = "pre_order", ("pre-order",)
        chance = dice.random()
        for kind, share in (
            ("test", rates.test),
            ("fraud", rates.fraud),
            ("pick_up", rates.pick_up),
            ("gift", rates.gift),
        ):
            if chance < share:
                self._turn(sale, kind)
                break
            chance -= share
        return sale

    def _turn(self, sale: Sale, kind: str) -> None:
        if kind == "gift":
            sale.gift, sale.note = True, self.dice.choice(WISHES)
            sale.address, sale.tags = gift_address(self.dice, sale.person), (*sale.tags, "gift")
        elif sale.kind != "pre_order":
            sale.kind = kind
            if kind == "pick_up":
                sale.address = None


def own_days(dice: random.Random, habit: Habit) -> float:
    """Return one person's mean interval in days: log-normal between people."""
    return habit.days * math.exp(dice.gauss(0, habit.spread))


def intervals(dice: random.Random, habit: Habit, days: float, *, regular: bool = False) -> Iterator[float]:
    """Yield the days between one person's purchases until they stop; a subscription's are all the same."""
    while dice.random() >= (habit.churn / 3 if regular else habit.churn):
        yield round(days) if regular else dice.gammavariate(habit.shape, days / habit.shape)
