"""Draw an order's life whole: (hours after the beginning, act, words). What an act needs is found in its turn."""

LAST_H = 15 * 24
COUNTRIES = ["GB", "GB", "GB", "FR", "US", "JP", "DE"]

# A life with one turn: (hours after it arrived, act, words).
STORIES = {
    "plain": (),
    "refund": ((20, "refund", {"whole": False}),),
    "return": ((20, "ask_return", {}), (40, "decide", {"verb": "approve", "status": "open"})),
    "stop": ((110, "unsubscribe", {}),),
    "redact": ((20, "redact", {}),),
    "merge": (),  # with the first buyer, who is asked anyway
}


class Life:
    """One order, from the cart on. `plain` lives have no trouble of their own: all five mails are due to them."""

    def __init__(self, dice, shop, person, story=None):
        self.dice, self.shop, self.person = dice, shop, person
        self.order = self.case = None
        self.acts = []
        self.plain = story is not None or dice.random() < 0.4
        if story is None:
            self._draw()
        else:
            self._tell(story)

    def at(self, hours, act, /, **words):
        """Note an act."""
        self.acts.append((min(hours, LAST_H), act, words))

    def happens(self, share):
        """Roll the dice."""
        return self.dice.random() < share

    def _tell(self, story):
        placed = self.dice.uniform(0.1, 3)
        self.at(placed, "buy", lines=[(1, True)], paid=True, test=False)
        self.at(placed + 20, "ship", part=False)
        arrived = placed + 80
        self.at(arrived, "scan", status="delivered")
        for after, act, words in STORIES[story]:
            self.at(arrived + after, act, **words)

    def _draw(self):
        dice = self.dice
        placed = dice.uniform(0.1, 60)
        lines = [(dice.randint(1, 3), not self.happens(0.03)) for _ in range(dice.choice([1, 1, 2, 3]))]
        pending = not self.plain and self.happens(0.15)
        self.at(placed, "buy", lines=lines, paid=not pending, test=not self.plain and self.happens(0.04))
        if pending and self.happens(0.8):
            self.at(placed + dice.uniform(0.2, 10), "pay")
        shipped = placed + dice.uniform(11, 50)
        split = len(lines) > 1 and self.happens(0.5)
        self.at(shipped, "ship", part=split)
        second = shipped + dice.uniform(1, 60)
        if split:
            self.at(second, "ship", part=False)
        travels = dice.uniform(50, 110) if self.plain else dice.uniform(12, 110)
        arrived = shipped + travels
        if self.happens(0.5):
            self.at(shipped + dice.uniform(1, travels - 1), "scan", status="in_transit")
        if self.plain or self.happens(0.85):
            self.at(arrived, "scan", status="delivered")
            if split and arrived < second + 50:
                self.at(second + travels, "scan", status="delivered")
        if not self.plain:
            self._trouble(placed, arrived)

    def _trouble(self, placed, arrived):
        dice = self.dice
        for share, at, act, words in (
            (0.15, placed + dice.uniform(0.5, 10), "edit", {}),
            (0.12, placed + dice.uniform(0.5, 10), "cancel", {}),
            (0.25, arrived + dice.uniform(-30, 170), "refund", {"whole": self.happens(0.4)}),
            (0.15, arrived + dice.uniform(0.5, 30), "take_back", {}),
            (0.1, arrived + dice.uniform(31, 60), "scan", {"status": "delivered"}),
            (0.06, arrived + dice.uniform(1, 60), "scan", {"status": "failure"}),
            (0.2, arrived + dice.uniform(2, 120), "ask_return", {}),
            (0.12, placed + dice.uniform(1, 250), "redact", {}),
            (0.15, placed + dice.uniform(1, 250), "consent", {"state": dice.choice(["subscribed", "unsubscribed"])}),
            (0.35, arrived + dice.uniform(-20, 150), "unsubscribe", {}),
        ):
            if self.happens(share):
                self.at(max(at, placed + 0.2), act, **words)
                if act == "cancel" and self.happens(0.4):
                    self.at(at + dice.uniform(1, 60), "delete")
                if act == "ask_return":
                    self._return(at)

    def _return(self, asked):
        decided = asked + self.dice.uniform(1, 24)
        verb, status = self.dice.choice([("approve", "open"), ("approve", "open"), ("decline", "declined")])
        self.at(decided, "decide", verb=verb, status=status)
        if status == "open" and self.happens(0.7):
            verb, status = self.dice.choice([("close", "closed"), ("cancel", "canceled")])
            self.at(decided + self.dice.uniform(2, 60), "decide", verb=verb, status=status)

    def play(self, world, now, act, words, unsubscribe):
        """Carry out one act; `unsubscribe` presses a link of a mail this person has got."""
        if act != "buy" and self.order is None:
            return
        if act == "unsubscribe":
            unsubscribe(self)
            return
        ours = getattr(self, f"_{act}", None)
        if ours is not None:
            ours(world, now, **words)
        else:
            getattr(world, act)(self.shop, self.order, now, **words)

    def _buy(self, world, now, lines, *, paid, test):
        self.order = world.buy(self.shop, now, self.person, lines, paid=paid, test=test)

    def _ship(self, world, now, *, part):
        numbers = [self.order.lines[0].id] if part else []
        world.ship(self.shop, self.order, now, numbers, tracked=self.dice.random() < 0.85)

    def _scan(self, world, now, status):
        for parcel in self.order.parcels:
            is_there = any(scan.status == "delivered" for scan in parcel.scans)
            if parcel.created_at < now and not (self.plain and is_there):
                world.scan(self.shop, self.order, now, parcel, status)

    def _take_back(self, world, now):
        if self.order.parcels:
            world.take_back(self.shop, self.order, now, self.dice.choice(self.order.parcels))

    def _edit(self, world, now):
        world.edit(self.shop, self.order, now, self.order.lines[-1].id)

    def _refund(self, world, now, *, whole):
        world.refund(self.shop, self.order, now, None if whole else {self.order.lines[0].id})

    def _ask_return(self, world, now):
        if self.order.parcels:
            self.case = world.ask_return(self.shop, self.order, now, self.order.parcels[0])

    def _decide(self, world, now, verb, status):
        if self.case is not None:
            world.decide(self.shop, self.order, now, self.case, verb, status)

    def _redact(self, world, now):
        world.redact(self.shop, self.person, now)

    def _merge(self, world, now, into):
        world.merge(self.shop, self.person, into, now)

    def _consent(self, world, now, state):
        world.consent(self.shop, self.person, now, state)
