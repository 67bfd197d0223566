"""Draw what becomes of one order: money, changes, parcels on their way, and what comes back."""

import random
from datetime import datetime, timedelta

from devstore.generator.draw.back import come_back
from devstore.generator.draw.demand import Sale
from devstore.generator.draw.parcels import Parcel, Way, send
from devstore.generator.rates import Rates
from devstore.generator.truth import Bought, Event, OrderCancelled, OrderEdited, OrderPaid, OrderPlaced

NEVER_PAID = {"card_test", "fraud"}
NEVER_DISCOUNTED = {*NEVER_PAID, "subscription", "bulk", "test"}
CODES = ("WELCOME10", "AUTUMN")
OUT_OF_STOCK_DAYS = (7, 30)
FILES = 5  # numbers what is handed over as a file after every parcel there may be


class Life:
    """One shop's dice for the lives of its orders."""

    def __init__(self, dice: random.Random, shop: str, rates: Rates, way: Way) -> None:
        self.dice, self.shop, self.rates, self.way = dice, shop, rates, way

    def of(self, sale: Sale, number: int) -> list[Event]:
        """Return an order's whole life, in any order."""
        about = {"shop": self.shop, "order": number}
        events: list[Event] = [
            OrderPlaced(
                **about,  # type: ignore[arg-type]
                at=sale.at,
                person=sale.person.number,
                lines=sale.lines,
                kind=sale.kind,
                address=sale.address,
                gift=sale.gift,
                note=sale.note,
                tags=sale.tags,
                code=self._code(sale, number),
                source=sale.source,
            )
        ]
        if sale.kind in NEVER_PAID:
            at = sale.at + timedelta(hours=self.dice.uniform(0.3, 20))
            return [*events, OrderCancelled(at=at, shop=self.shop, order=number, reason="fraud")]
        paid = self._paid(sale)
        events.append(OrderPaid(at=paid, shop=self.shop, order=number))
        if self.dice.random() < self.rates.cancelled and sale.kind not in {"digital", "subscription"}:
            at = paid + timedelta(hours=self.dice.uniform(0.2, 9))
            reason = self.dice.choice(("customer", "customer", "inventory", "other"))
            return [*events, OrderCancelled(at=at, shop=self.shop, order=number, reason=reason)]
        lines = self._edited(events, sale, number, paid)
        ready = events[-1].at  # paid, and edited where it was
        parcels = self._parcels(sale, number, lines, self._left(sale, ready))
        for parcel in parcels:
            events += parcel.events
        events += come_back(self.dice, self.rates, self.way, sale, number, lines, parcels)
        files = tuple((place, line.quantity) for place, line in enumerate(lines) if line.quantity and not line.carried)
        if files:
            at, named = ready + timedelta(minutes=1), len(parcels) + FILES
            events += send(self.way, sale, number, named, files, at, carried=False).events
        return events

    def _code(self, sale: Sale, number: int) -> str | None:
        """Return the code an order was paid with; its dice are its own, so that nothing else moves by it."""
        dice = random.Random(f"{self.shop} {number} code")
        if sale.kind in NEVER_DISCOUNTED or dice.random() >= self.rates.discounted:
            return None
        return dice.choice((*CODES, f"THANKS-{dice.randrange(16**6):06X}"))

    def _paid(self, sale: Sale) -> datetime:
        if sale.kind != "subscription" and self.dice.random() < self.rates.paid_later:
            return sale.at + timedelta(hours=self.dice.uniform(1, 50))
        return sale.at

    def _edited(self, events: list[Event], sale: Sale, number: int, paid: datetime) -> tuple[Bought, ...]:
        """Add an edit now and then; return the lines that are to leave."""
        if sale.kind not in {"ordinary", "pre_order"} or self.dice.random() >= self.rates.edited:
            return sale.lines
        at = paid + timedelta(minutes=self.dice.uniform(5, 200))
        if len(sale.lines) > 1:
            place = self.dice.randrange(len(sale.lines))
            gone = sale.lines[place]
            events.append(OrderEdited(at=at, shop=self.shop, order=number, removed=((place, gone.quantity),)))
            empty = Bought(gone.product, gone.form, 0, gone.price, gone.carried, gone.gift_card)
            return (*sale.lines[:place], empty, *sale.lines[place + 1 :])
        more = Bought(sale.lines[0].product, sale.lines[0].form, 1, sale.lines[0].price, carried=True)
        events.append(OrderEdited(at=at, shop=self.shop, order=number, added=(more,)))
        return (*sale.lines, more)

    def _left(self, sale: Sale, ready: datetime) -> datetime:
        """Return when the goods leave: on a working day; a pre-order with the next batch."""
        if sale.kind == "pre_order":
            batch = (ready.replace(day=1) + timedelta(days=self.dice.choice((62, 93)))).replace(day=2, hour=9)
            ready = max(batch, ready)
        at = ready + timedelta(hours=self.dice.gammavariate(2.2, 9))
        at = at.replace(hour=self.dice.randrange(9, 18)) if not 9 <= at.hour < 18 else at
        at += timedelta(days={5: 2, 6: 1}.get(at.weekday(), 0))
        return max(at, ready + timedelta(minutes=20))

    def _parcels(self, sale: Sale, number: int, lines: tuple[Bought, ...], left: datetime) -> list[Parcel]:
        """Return what leaves: all at once, in two halves, or one part now and the other when it is there again."""
        dice, rates = self.dice, self.rates
        whole = tuple((place, line.quantity) for place, line in enumerate(lines) if line.quantity and line.carried)
        if not whole:
            return []
        chance = dice.random()
        if len(whole) > 1 and chance < rates.split + rates.partial:
            cut = dice.randrange(1, len(whole))
            later = (
                timedelta(days=dice.uniform(*OUT_OF_STOCK_DAYS))
                if chance < rates.partial
                else timedelta(hours=dice.uniform(0.2, 50))
            )
            return [
                send(self.way, sale, number, 1, whole[:cut], left),
                send(self.way, sale, number, 2, whole[cut:], left + later),
            ]
        return [send(self.way, sale, number, 1, whole, left)]
