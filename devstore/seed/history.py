"""Make sixty days of ordinary orders: what was bought, how it travelled, what came back."""

import random
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from devstore.seed.draft import Goods, Later, Package, Person, Sale, Scan
from devstore.seed.places import LANDS

DAYS = 60
# Whoever starts the demo at night should not have to wait for the morning.
SOON_HOURS = 6
ZONES = {land.code: land.zone for land in LANDS}
TRANSIT = {land.code: land.transit_days for land in LANDS}
CITIES = {"GB": "Tamworth", "US": "Memphis", "DE": "Leipzig", "JP": "Tokyo", "AU": "Melbourne"}


class History:
    """The dice and the moment the seed looks back from."""

    def __init__(self, dice: random.Random, goods: tuple[Goods, ...], now: datetime) -> None:
        self.dice, self.goods, self.now = dice, goods, now
        self._weighted = [one for one in goods if one.weight]

    def basket(self) -> list[tuple[str, int, int]]:
        """Return one to three different products, mostly one of each."""
        count = self.dice.choices((1, 2, 3), (55, 32, 13))[0]
        picked: dict[str, tuple[str, int, int]] = {}
        while len(picked) < count:
            one = self.dice.choices(self._weighted, [good.weight for good in self._weighted])[0]
            picked[one.handle] = (one.handle, self.dice.randrange(len(one.forms)), self.dice.choice((1, 1, 1, 2)))
        return list(picked.values())

    def ago(self, least: float, most: float) -> datetime:
        """Return a moment that many days ago, at an hour when people shop."""
        day = self.now - timedelta(days=self.dice.uniform(least, most))
        hour = self.dice.choices((8, 10, 12, 14, 17, 19, 20, 21, 22), (1, 2, 3, 2, 3, 5, 5, 4, 2))[0]
        found = day.replace(hour=hour, minute=self.dice.randrange(60), second=self.dice.randrange(60), microsecond=0)
        return found if found < self.now - timedelta(days=least) else found - timedelta(days=1)

    def arrived(self, person: Person, lines: list[tuple[str, int, int]], least: float = 3) -> Sale:
        """Return an order that was delivered at least six hours ago."""
        while True:
            at = self.ago(least, DAYS - 1)
            shipped = at + timedelta(hours=self.dice.uniform(5, 30))
            delivered = shipped + timedelta(days=self.dice.uniform(*TRANSIT[person.address["country_code"]]))
            if delivered < self.now - timedelta(hours=6):
                break
        package = Package(shipped, [(place, one[2]) for place, one in enumerate(lines)])
        package.scans = scans(shipped, delivered, person, until=delivered)
        return Sale(person, at, lines, packages=[package])

    def on_the_road(self, person: Person, lines: list[tuple[str, int, int]], hours: float) -> Sale:
        """Return an order under way that arrives about `hours` after the app is installed, the later ones by day."""
        if hours >= SOON_HOURS:
            hours = by_day(self.now, hours, ZONES[person.address["country_code"]])
        transit = sum(TRANSIT[person.address["country_code"]]) / 2
        shipped = self.now - timedelta(days=max(0.4, transit - hours / 24) + self.dice.uniform(0, 0.3))
        at = shipped - timedelta(hours=self.dice.uniform(5, 20))
        package = road_package(shipped, [(place, one[2]) for place, one in enumerate(lines)], person, self.now, hours)
        return Sale(person, at.replace(microsecond=0), lines, packages=[package])

    def waiting(self, person: Person, lines: list[tuple[str, int, int]], most: float = 1.5) -> Sale:
        """Return an order that has not been shipped yet."""
        return Sale(person, self.ago(0.05, most), lines)

    def digital(self, person: Person, handle: str) -> Sale:
        """Return an order with nothing to carry, handed over a minute later."""
        at = self.ago(1, DAYS - 1)
        return Sale(
            person, at, [(handle, 0, 1)], packages=[Package(at + timedelta(minutes=1), [(0, 1)], tracked=False)]
        )


def by_day(now: datetime, hours: float, zone: str) -> float:
    """Return the hours until the same moment, or until the next morning there if no carrier would ring then."""
    at = (now + timedelta(hours=hours)).astimezone(ZoneInfo(zone))
    if 9 <= at.hour < 18:
        return hours
    morning = at.replace(hour=9, minute=10 + at.minute // 2) + timedelta(days=at.hour >= 18)
    return (morning - now) / timedelta(hours=1)


def scans(shipped: datetime, delivered: datetime, person: Person, until: datetime) -> list[Scan]:
    """Return a parcel's scans between two moments, as far as `until`."""
    land, travel = person.address["country_code"], delivered - shipped
    estimate = delivered.replace(minute=0, second=0, microsecond=0) + timedelta(hours=2)
    planned = [
        Scan("confirmed", shipped + timedelta(minutes=40), None, estimate),
        Scan("in_transit", shipped + travel * 0.35, CITIES[land], estimate),
        Scan("out_for_delivery", delivered - min(timedelta(hours=4), travel * 0.2), person.address["city"], estimate),
        Scan("delivered", delivered, person.address["city"]),
    ]
    return [one for one in planned if one.at <= until]


def road_package(
    shipped: datetime, lines: list[tuple[int, int]], person: Person, now: datetime, hours: float
) -> Package:
    """Return a parcel under way, with the carrier's next scans to come `hours` after installation."""
    delivered = now + timedelta(hours=hours)
    package = Package(shipped.replace(microsecond=0), lines)
    package.scans = scans(shipped, delivered, person, until=now - timedelta(minutes=5))
    city = person.address["city"]
    if package.scans[-1].status != "out_for_delivery" and hours > 1:
        package.later.append(Later(hours - min(3.0, hours / 2), "scan", {"status": "out_for_delivery", "city": city}))
    package.later.append(Later(hours, "scan", {"status": "delivered", "city": city}))
    return package


def make_history(
    dice: random.Random, people: list[Person], goods: tuple[Goods, ...], now: datetime, count: int, road: list[float]
) -> list[Sale]:
    """Return `count` orders; `road` holds, for each parcel under way, the hours until it arrives.

    Everybody buys at least once where the count allows it; the rest comes back.
    """
    past = History(dice, goods, now)
    buyers = iter([*people, *dice.choices(people, k=count)])
    digital = [one.handle for one in goods if "digital" in one.tags]
    preorder = [one.handle for one in goods if "pre-order" in one.tags]
    share = count / 405
    sales = [past.on_the_road(next(buyers), past.basket(), hours) for hours in road]
    sales += [past.waiting(next(buyers), past.basket()) for _ in range(round(6 * share))]
    sales += [past.waiting(next(buyers), [(preorder[0], 0, 1)], 25) for _ in range(4 if preorder else 0)]
    sales += [past.digital(next(buyers), dice.choice(digital)) for _ in range(14 if digital else 0)]
    sales += [_cancelled(past, next(buyers)) for _ in range(round(7 * share))]
    sales += [_refunded(past, next(buyers), whole=True) for _ in range(round(6 * share))]
    sales += [_refunded(past, next(buyers), whole=False) for _ in range(round(4 * share))]
    sales += [_returned(past, next(buyers)) for _ in range(round(3 * share))]
    while len(sales) < count:
        sales.append(past.arrived(next(buyers), past.basket()))
    for sale in dice.sample(sales[-round(300 * share) :], round(9 * share)):
        sale.tags.append("gift")
    return sales


def _cancelled(past: History, person: Person) -> Sale:
    sale = past.waiting(person, past.basket(), 50)
    sale.cancelled_at = min(sale.at + timedelta(hours=past.dice.uniform(0.2, 8)), past.now - timedelta(minutes=9))
    return sale


def _refunded(past: History, person: Person, *, whole: bool) -> Sale:
    sale = past.arrived(person, past.basket(), 12)
    sale.refund_at = _after_arrival(past, sale, 1, 4)
    sale.refund_lines = None if whole else [(0, 1)]
    sale.refund_note = "Arrived broken" if whole else "One piece was chipped"
    return sale


def _returned(past: History, person: Person) -> Sale:
    sale = past.arrived(person, past.basket(), 20)
    sale.return_at = _after_arrival(past, sale, 2, 5)
    sale.return_lines, sale.return_status = [(0, 1)], "closed"
    return sale


def _after_arrival(past: History, sale: Sale, least: float, most: float) -> datetime:
    arrived = sale.packages[0].scans[-1].at
    return min(arrived + timedelta(days=past.dice.uniform(least, most)), past.now - timedelta(hours=1))
