"""Seeded journeys of orders: what shoppers, merchants and carriers do, when, and in which order.

A journey is a list of (hours after the beginning, act). It is drawn whole from its seed; the ids an act needs are
looked up when its turn comes. An act the store refuses (a cancelled order cannot be edited) is a journey's life too.
"""

import itertools
import random
from dataclasses import dataclass, field

PLACES = {
    "GB": {"country_code": "GB", "country": "United Kingdom", "province": "England", "province_code": "ENG"},
    "DE": {"country_code": "DE", "country": "Germany"},
    "FR": {"country_code": "FR", "country": "France"},
    "JP": {"country_code": "JP", "country": "Japan", "province": "Tokyo", "province_code": "JP-13"},
    "US": {"country_code": "US", "country": "United States", "province": "New York", "province_code": "NY"},
}
COUNTRIES = ["GB", "GB", "DE", "DE", "FR", "JP", "US"]
SHIPPED = ["harbour-kettle", "stoneware-mugs", "morning-coffee", "paper-filters"]
CARRIED_OUT = range(200, 300)
REFUSED = 422
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
    redacted_at: object = None
    log: list = field(default_factory=list)

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
        if self.happens(0.16):
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
            self.at(arrived + self.dice.choice([0, self.dice.uniform(0, 30)]), "take_back")
            if self.happens(0.6):
                self.at(arrived + self.dice.uniform(30, 60), "scan", status="delivered")
        if self.happens(0.06):
            self.at(arrived + self.dice.uniform(1, 90), "scan", status="failure")
        if self.happens(0.4):
            self.at(
                arrived + self.dice.uniform(-40, 190), "refund", kind=self.dice.choice(["part", "part", "all", "money"])
            )
        if self.happens(0.65):
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
        if self.happens(0.6):
            self.at(closed + self.dice.uniform(0, 24), "decide", decision="reopen")
            if self.happens(0.6):
                self.at(closed + self.dice.uniform(25, 60), "decide", decision="close")

    def _around(self, placed):
        """Draw what happens beside the order: to the person, the goods and the shop itself."""
        within = [placed + self.dice.uniform(1, 300) for _ in range(9)]
        for share, verb, hours in (
            (0.45, "change_customer", within[0]),
            (0.35, "consent", within[1]),
            (0.16, "delete_customer", within[2]),
            (0.06, "redact", within[3]),
            (0.35, "make_product", placed - self.dice.uniform(0, placed)),
            (0.35, "change_product", within[4]),
            (0.25, "delete_product", within[5]),
            (0.25, "change_shop", within[6]),
            (0.06, "delete", within[7]),
        ):
            if self.happens(share):
                self.at(hours, verb)


class Player:
    """Carry out acts at one shop through the store's own doors."""

    def __init__(self, store, shop):
        self._store, self._shop = store, shop
        self.refused = 0

    def play(self, journey, verb, words, now):
        """Carry out one act of a journey."""
        getattr(self, verb)(journey, **words)
        if verb == "redact":
            journey.redacted_at = now
        journey.log.append(f"{now:%d %H:%M} {verb} {words or ''}")

    def ask(self, method, path, **body):
        """Return the answer's JSON, or None where the store refused."""
        join = "&" if "?" in path else "?"
        answer = self._store.open(f"/api{path}{join}shop={self._shop}", method=method, json=body or None)
        if answer.status_code == REFUSED:
            self.refused += 1
            return None
        assert answer.status_code in CARRIED_OUT, (method, path, body, answer.status_code, answer.text)
        return answer.json

    def _order(self, journey):
        return self.ask("GET", f"/orders/{journey.order}") if journey.order else None

    def buy(self, journey, *, paid):
        dice, country = journey.dice, journey.dice.choice(COUNTRIES)
        names = dice.sample(SHIPPED, dice.randint(1, 3))
        if dice.random() < 0.15:
            names = (
                ["brewing-course"] if dice.random() < 0.5 else [*names, dice.choice(["gift-card", "brewing-course"])]
            )
        lines = [{"variant": name, "quantity": dice.randint(1, 3)} for name in names]
        if journey.product:
            found = self.ask("GET", "/products")["products"]
            lines += [{"variant": one["variants"][0]["id"]} for one in found if one["id"] == journey.product]
        made = self._store.post(
            "/api/orders",
            json={
                "shop": self._shop,
                "customer": {
                    "email": f"person{journey.number}@example.com",
                    "first_name": dice.choice(["Ana", "Bo", "Chidi", "Noor"]),
                    "last_name": "Weber",
                    "locale": dice.choice(["en", "de"]),
                    "consent": dice.choice(["not_subscribed", "subscribed", "not_subscribed"]),
                    "address": {**PLACES[country], "zip": "10115", "city": "Somewhere", "address1": "1 Road"},
                },
                "lines": lines,
                "paid": paid,
                "test": dice.random() < 0.04,
                "note": dice.choice([None, "Please ring twice"]),
                "tags": dice.choice([[], ["vip", "a first"]]),
                "shipping_price": dice.choice(["0", "4.50"]),
            },
        )
        assert made.status_code in CARRIED_OUT, made.text
        journey.order, journey.customer = made.json["id"], made.json["customer"]["id"]

    def pay(self, journey):
        self.ask("POST", f"/orders/{journey.order}/pay")

    def edit(self, journey):
        order = self._order(journey)
        if order:
            line = journey.dice.choice(order["line_items"])
            if journey.dice.random() < 0.6:
                self.ask("POST", f"/orders/{order['id']}/edit", add=[{"variant": journey.dice.choice(SHIPPED)}])
            if journey.dice.random() < 0.6:
                self.ask("POST", f"/orders/{order['id']}/edit", remove=[{"line": line["id"]}])

    def cancel(self, journey):
        reason = journey.dice.choice(["customer", "fraud", "inventory"])
        self.ask("POST", f"/orders/{journey.order}/cancel", reason=reason, refund=journey.dice.random() < 0.8)

    def delete(self, journey):
        self.ask("DELETE", f"/orders/{journey.order}")

    def ship(self, journey, *, part, tracked):
        order = self._order(journey)
        if order:
            left = [line for line in order["line_items"] if line["fulfillable_quantity"]]
            some = [{"line": line["id"]} for line in left[:1]]
            self.ask(
                "POST", f"/orders/{order['id']}/fulfillments", tracked=tracked, **({"lines": some} if part else {})
            )

    def unship(self, journey):
        for parcel in self._parcels(journey)[:1]:
            self.ask("POST", f"/fulfillments/{parcel['id']}/cancel")

    def scan(self, journey, *, status):
        for parcel in self._parcels(journey):
            if journey.dice.random() < 0.8:
                self.ask("POST", f"/fulfillments/{parcel['id']}/events", status=status)

    def take_back(self, journey):
        for event in self._scans(journey)[-1:]:
            self.ask("DELETE", f"/events/{event}")

    def _parcels(self, journey):
        order = self._order(journey)
        return [one for one in order["fulfillments"] if one["status"] == "success"] if order else []

    def _scans(self, journey):
        from tests.convergence.truth import scans_of

        return scans_of(journey.order)

    def refund(self, journey, *, kind):
        order = self._order(journey)
        if order and kind == "part":
            line = journey.dice.choice(order["line_items"])
            lines = [
                {"line": line["id"], "quantity": max(1, journey.dice.randint(1, max(1, line["current_quantity"])))}
            ]
            self.ask("POST", f"/orders/{order['id']}/refunds", lines=lines, restock=journey.dice.random() < 0.5)
        elif order:
            self.ask(
                "POST", f"/orders/{order['id']}/refunds", **({"amount": "1.00"} if kind == "money" else {"note": "all"})
            )

    def ask_return(self, journey):
        order = self._order(journey)
        sent = [line for parcel in order["fulfillments"] for line in parcel["line_items"]] if order else []
        if sent:
            self.ask("POST", f"/orders/{order['id']}/returns", lines=[{"line": journey.dice.choice(sent)["id"]}])

    def decide(self, journey, *, decision):
        order = self._order(journey)
        for case in order["returns"][-1:] if order else []:
            self.ask("POST", f"/returns/{case['id']}/{decision}")

    def change_customer(self, journey):
        names = itertools.islice(itertools.cycle(["Ada", "Zoë", "Kim"]), journey.number % 3, None)
        self.ask("PATCH", f"/customers/{journey.customer}", first_name=next(names), last_name="Okafor-Weber")
        if journey.dice.random() < 0.3:
            self.ask("PATCH", f"/customers/{journey.customer}", first_name="Last of the second")

    def consent(self, journey):
        state = journey.dice.choice(["subscribed", "unsubscribed"])
        self.ask("POST", f"/customers/{journey.customer}/consent", state=state)

    def delete_customer(self, journey):
        self.ask("DELETE", f"/customers/{journey.customer}")

    def redact(self, journey):
        self.ask("POST", f"/customers/{journey.customer}/redact")

    def make_product(self, journey):
        made = self.ask("POST", "/products", title=f"Saucer {journey.number}", price="7.00")
        journey.product = made["id"]

    def change_product(self, journey):
        products = self.ask("GET", "/products")["products"]
        product = journey.product or journey.dice.choice(products)["id"]
        self.ask("PATCH", f"/products/{product}", title=f"Renamed by {journey.number}", price="9.00")
        if journey.dice.random() < 0.3:
            self.ask("PATCH", f"/products/{product}", title=f"Renamed again by {journey.number}", tags=["late", "new"])

    def delete_product(self, journey):
        if journey.product:
            self.ask("DELETE", f"/products/{journey.product}")

    def change_shop(self, journey):
        self.ask("PATCH", f"/shops/{self._shop}", name=f"Kiln & Kettle {journey.number}")
