"""Seeded journeys of orders: what shoppers, merchants and carriers do, when, and in which order.

A journey is a list of (hours after the beginning, act). It is drawn whole from its seed; the ids an act needs are
looked up when its turn comes. An act the store refuses (a cancelled order cannot be edited) is a journey's life too.
"""

import random
from dataclasses import dataclass, field

LAST_ACT_H = 16 * 24


@dataclass
class Journey:
    """One order's life. `order` and the rest are known once they exist."""

    number: int
    seed: str
    dice: random.Random = field(init=False)
    acts: list = field(default_factory=list)
    order: int | None = None
    customer: int | None = None
    product: int | None = None
    variant: int | None = None
    is_redacted: bool = False
    person: int | None = None  # who buys; one of their own where nothing is said

    def __post_init__(self):
        """Draw the whole life."""
        self.dice = random.Random(f"{self.seed}/{self.number}")
        self._draw()
        self.acts.sort(key=lambda act: act[0])

    def happens(self, share):
        return self.dice.random() < share

    def at(self, hours, verb, **words):
        """Note an act. Acts at the same hour happen within one second of the store's clock."""
        self.acts.append((round(min(max(hours, 0), LAST_ACT_H), 2), verb, words))

    def _draw(self):
        placed = self.dice.uniform(0, 72)
        self.at(placed, "buy", paid=not self.happens(0.2))
        if self.happens(0.9):
            self.at(placed + self.dice.choice([0, 1, 60]), "pay")
        if self.happens(0.35):
            self.at(placed + self.dice.choice([0, self.dice.uniform(0, 20)]), "edit")
        if self.happens(0.2):
            self.at(placed + self.dice.uniform(1, 20), "cancel")
            if self.happens(0.6):
                self.at(placed + self.dice.uniform(20, 200), "delete")
        self._ship(placed + self.dice.uniform(6, 60))
        self._around(placed)

    def _ship(self, shipped):
        self.at(shipped, "ship", part=self.happens(0.4), tracked=not self.happens(0.15))
        self.at(shipped + self.dice.uniform(1, 48), "ship", part=False, tracked=True)
        if self.happens(0.12):
            self.at(shipped + self.dice.uniform(1, 6), "unship")
            self.at(shipped + self.dice.uniform(7, 48), "ship", part=False, tracked=True)
        arrived = shipped + self.dice.uniform(24, 96)
        for status, share in (("in_transit", 0.7), ("out_for_delivery", 0.4), ("attempted_delivery", 0.2)):
            if self.happens(share):
                self.at(shipped + self.dice.choice([0, self.dice.uniform(2, 23)]), "scan", status=status)
        if self.happens(0.85):
            self.at(arrived, "scan", status="delivered")
            self.at(arrived + self.dice.uniform(0, 48), "scan", status="delivered")
        if self.happens(0.3):
            self.at(arrived + self.dice.uniform(0.1, 30), "take_back")
            if self.happens(0.6):
                self.at(arrived + self.dice.uniform(30, 60), "scan", status="delivered")
        if self.happens(0.06):
            self.at(arrived + self.dice.uniform(1, 90), "scan", status="failure")
        if self.happens(0.4):
            self.at(
                arrived + self.dice.uniform(-40, 190), "refund", kind=self.dice.choice(["part", "part", "all", "money"])
            )
        if self.happens(0.75):
            self._return(arrived + self.dice.uniform(2, 120))

    def _return(self, asked):
        self.at(asked, "ask_return")
        decided = asked + self.dice.uniform(0, 24)
        if self.happens(0.35):
            self.at(decided, "decide", decision="decline")
            return
        self.at(decided, "decide", decision="approve")
        if self.happens(0.35):
            self.at(decided + self.dice.uniform(1, 40), "decide", decision="cancel")
            return
        closed = decided + self.dice.uniform(1, 60)
        self.at(closed, "decide", decision="close")
        if self.happens(0.8):
            self.at(closed + self.dice.uniform(0, 24), "decide", decision="reopen")
            if self.happens(0.6):
                self.at(closed + self.dice.uniform(25, 60), "decide", decision="close")

    def _around(self, placed):
        """Draw what happens beside the order: to the person, the goods and the shop itself."""
        within = [placed + self.dice.uniform(1, 300) for _ in range(9)]
        for share, verb, hours in (
            (0.45, "change_customer", within[0]),
            (0.35, "consent", within[1]),
            (0.2, "delete_customer", within[2]),
            (0.06, "redact", within[3]),
            (0.5, "make_product", placed - self.dice.uniform(0, placed)),
            (0.7, "change_product", within[4]),
            (0.6, "delete_product", within[5]),
            (0.3, "change_shop", within[6]),
            (0.1, "delete", within[7]),
        ):
            if self.happens(share):
                self.at(hours, verb)
