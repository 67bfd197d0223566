"""Carry out what a journey wants, through the simulated store's own doors."""

from sqlalchemy import select

from devstore.state.engine import unit_of_work
from devstore.state.models import Fulfillment, FulfillmentEvent, FulfillmentLine, LineItem, Return

PLACES = {
    "GB": {"country_code": "GB", "country": "United Kingdom", "province": "England", "province_code": "ENG"},
    "DE": {"country_code": "DE", "country": "Germany"},
    "FR": {"country_code": "FR", "country": "France"},
    "JP": {"country_code": "JP", "country": "Japan", "province": "Tokyo", "province_code": "JP-13"},
    "US": {"country_code": "US", "country": "United States", "province": "New York", "province_code": "NY"},
}
COUNTRIES = ["GB", "GB", "DE", "DE", "FR", "JP", "US"]
TRAVELS = ["harbour-kettle", "stoneware-mugs", "morning-coffee", "paper-filters"]
CARRIED_OUT = range(200, 300)
REFUSED = 422


class Player:
    """Act at one shop. `refused` counts what the store would not do."""

    def __init__(self, store, shop):
        self._store, self._shop = store, shop
        self.refused = 0

    def play(self, journey, verb, words):
        """Carry out one act of a journey."""
        getattr(self, verb)(journey, **words)

    def ask(self, method, path, **body):
        """Return the answer's JSON, or None where the store refused."""
        answer = self._store.open(f"/api{path}?shop={self._shop}", method=method, json=body or None)
        if answer.status_code == REFUSED:
            self.refused += 1
            return None
        assert answer.status_code in CARRIED_OUT, (method, path, body, answer.status_code, answer.text)
        return answer.json

    def buy(self, journey, *, paid):
        dice, country = journey.dice, journey.dice.choice(COUNTRIES)
        names = dice.sample(TRAVELS, dice.randint(1, 3))
        if dice.random() < 0.15:
            names = (
                ["brewing-course"] if dice.random() < 0.5 else [*names, dice.choice(["gift-card", "brewing-course"])]
            )
        lines = [{"variant": name, "quantity": dice.randint(1, 3)} for name in names]
        if journey.variant:
            lines.append({"variant": journey.variant})
        order = {
            "shop": self._shop,
            "customer": {
                "email": f"person{journey.number if journey.person is None else journey.person}@example.com",
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
        }
        if order["tags"]:
            order |= {"discount_code": f"VIP{journey.number}", "discount_amount": "2.00"}
        made = self.ask("POST", "/orders", **order)
        if made is None:  # what was to be bought is no longer sold
            made = self.ask("POST", "/orders", **order | {"lines": lines[:-1]})
        journey.order, journey.customer = made["id"], made["customer"]["id"]

    def pay(self, journey):
        self.ask("POST", f"/orders/{journey.order}/pay")

    def edit(self, journey):
        lines = found(LineItem, journey)
        if lines and journey.dice.random() < 0.7:
            self.ask("POST", f"/orders/{journey.order}/edit", add=[{"variant": journey.dice.choice(TRAVELS)}])
        if lines and journey.dice.random() < 0.6:
            line = journey.dice.choice(lines)
            self.ask("POST", f"/orders/{journey.order}/edit", remove=[{"line": line.id}])

    def cancel(self, journey):
        reason = journey.dice.choice(["customer", "fraud", "inventory"])
        self.ask("POST", f"/orders/{journey.order}/cancel", reason=reason, refund=journey.dice.random() < 0.8)

    def delete(self, journey):
        self.ask("DELETE", f"/orders/{journey.order}")

    def ship(self, journey, *, part, tracked):
        some = [{"line": line.id} for line in found(LineItem, journey) if line.fulfillable_quantity][:1]
        lines = {"lines": some} if part and some else {}
        self.ask("POST", f"/orders/{journey.order}/fulfillments", tracked=tracked, **lines)

    def unship(self, journey):
        for parcel in found(Fulfillment, journey)[:1]:
            self.ask("POST", f"/fulfillments/{parcel.id}/cancel")

    def scan(self, journey, *, status):
        for parcel in found(Fulfillment, journey):
            if parcel.status == "success" and journey.dice.random() < 0.8:
                self.ask("POST", f"/fulfillments/{parcel.id}/events", status=status)

    def take_back(self, journey):
        for event in found(FulfillmentEvent, journey)[-1:]:
            self.ask("DELETE", f"/events/{event.id}")

    def refund(self, journey, *, kind):
        asked = {"amount": "1.00"} if kind == "money" else {"note": "all of it"}
        lines = found(LineItem, journey)
        if lines and kind == "part":
            line = journey.dice.choice(lines)
            asked = {"lines": [{"line": line.id, "quantity": journey.dice.randint(1, max(1, line.current_quantity))}]}
        self.ask("POST", f"/orders/{journey.order}/refunds", **asked, restock=journey.dice.random() < 0.5)

    def ask_return(self, journey):
        parcels = [parcel.id for parcel in found(Fulfillment, journey)]
        with unit_of_work(announce=False) as session:
            packed = select(FulfillmentLine.line_item_id).where(FulfillmentLine.fulfillment_id.in_(parcels))
            sent = session.scalars(packed.order_by(FulfillmentLine.id)).all()
        if sent:
            self.ask("POST", f"/orders/{journey.order}/returns", lines=[{"line": journey.dice.choice(sent)}])

    def decide(self, journey, *, decision):
        for case in found(Return, journey)[-1:]:
            self.ask("POST", f"/returns/{case.id}/{decision}")

    def change_customer(self, journey):
        name = journey.dice.choice(["Ada", "Zoë", "Kim"])
        self.ask("PATCH", f"/customers/{journey.customer}", first_name=name, last_name="Okafor-Weber")
        if journey.dice.random() < 0.3:
            self.ask("PATCH", f"/customers/{journey.customer}", first_name="Last of the second")

    def consent(self, journey):
        state = journey.dice.choice(["subscribed", "unsubscribed"])
        self.ask("POST", f"/customers/{journey.customer}/consent", state=state)

    def delete_customer(self, journey):
        self.ask("DELETE", f"/customers/{journey.customer}")

    def redact(self, journey):
        journey.is_redacted |= self.ask("POST", f"/customers/{journey.customer}/redact") is not None

    def make_product(self, journey):
        made = self.ask("POST", "/products", title=f"Saucer {journey.number}", price="7.00")
        journey.product, journey.variant = made["id"], made["variants"][0]["id"]

    def change_product(self, journey):
        title = f"Renamed by {journey.number}"
        self.ask("PATCH", f"/products/{journey.product or 0}", title=title, price="9.00")
        if journey.dice.random() < 0.3:
            self.ask("PATCH", f"/products/{journey.product or 0}", title=f"{title} again", tags=["late", "new"])

    def delete_product(self, journey):
        self.ask("DELETE", f"/products/{journey.product or 0}")

    def change_shop(self, journey):
        self.ask("PATCH", f"/shops/{self._shop}", name=f"Kiln & Kettle {journey.number}")


def found(kind, journey):
    """Return the rows of a kind that hang on the journey's order, oldest first."""
    with unit_of_work(announce=False) as session:
        return session.scalars(select(kind).where(kind.order_id == (journey.order or 0)).order_by(kind.id)).all()
