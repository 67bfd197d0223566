"""Fold what the shop saw into the rows of its tables: the loader's half of the truth."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from devstore.generator import truth
from devstore.generator.draw.catalogue import Trade
from devstore.generator.sold import Row, Sold
from devstore.seed.places import LANDS
from devstore.world.carrier_event import STATUSES
from devstore.world.fulfil import TRACKING_PAGE

NOTHING = Decimal(0)
A_TENTH = Decimal("0.1")
SHIPPING = {land.code: Decimal(land.shipping) for land in LANDS} | {"FR": Decimal("9.50"), "CA": Decimal("13.00")}
FREE_FROM = 60


class Fold:
    """The rows of one shop; `next_id` hands out ids."""

    def __init__(self, shop_id: int, currency: str, trade: Trade, next_id: Callable[[], int], since: datetime) -> None:
        self.tables: dict[str, list[Row]] = defaultdict(list)
        self.people: dict[int, Row] = {}
        self.guests: dict[int, Row] = {}
        self.sold: dict[int, Sold] = {}
        self._theirs: dict[int, list[Row]] = defaultdict(list)
        self._shop, self._currency, self._id = shop_id, currency, next_id
        self._variants: dict[tuple[str, int], Row] = {}
        self._titles = {item.handle: item.goods.title for item in trade.items}
        self._products: dict[str, int] = {}
        for item in trade.items:
            self._goods(item.goods, since)
        self._do: dict[type, Callable[[Any], None]] = {
            truth.PersonCame: self._person,
            truth.ConsentChanged: self._consent,
            truth.PeopleMerged: self._merge,
            truth.OrderPlaced: self._placed,
            truth.OrderPaid: self._paid,
            truth.OrderEdited: self._edited,
            truth.OrderCancelled: self._cancelled,
            truth.ParcelSent: self._sent,
            truth.Scanned: self._scanned,
            truth.AtCounter: self._at_counter,
            truth.Refunded: self._refunded,
            truth.ReturnAsked: self._asked,
            truth.ReturnMoved: self._moved,
        }

    def take(self, events: Iterable[truth.Event]) -> None:
        """Apply events in time order; what the shop never learned changes nothing."""
        for event in events:
            if not event.hidden:
                self._do[type(event)](event)

    def finish(self) -> dict[str, list[Row]]:
        """Return the rows by table, with what follows from the lines set."""
        self.tables["customer"] = list({row["id"]: row for row in self.people.values()}.values())
        for sold in self.sold.values():
            sold.conclude()
            self.tables["order"].append(sold.row)
            self.tables["line_item"] += sold.lines
            self.tables["fulfillment"] += sold.parcels.values()
        return self.tables

    def _goods(self, goods: Any, since: datetime) -> None:
        stamped = {"shop_id": self._shop, "created_at": since, "updated_at": since}
        product = self._products[goods.handle] = self._id()
        self.tables["product"].append({
            **stamped, "id": product, "handle": goods.handle, "title": goods.title,
            "body_html": f"<p>{goods.words}</p>", "vendor": "Made", "product_type": goods.kind,
            "tags": list(goods.tags), "status": "active", "drawing": None, "image_id": None, "published_at": since,
        })  # fmt: skip
        for place, form in enumerate(goods.forms):
            row = self._variants[goods.handle, place] = {
                **stamped, "id": self._id(), "product_id": product, "position": place + 1, "title": form.title,
                "sku": form.sku, "price": form.price, "compare_at_price": None, "grams": form.grams,
                "requires_shipping": form.shipped, "gift_card": form.gift_card, "taxable": not form.gift_card,
                "inventory_item_id": None, "inventory_quantity": 100,
            }  # fmt: skip
            self.tables["variant"].append(row)

    def _person(self, event: truth.PersonCame) -> None:
        row: Row = {
            "id": self._id(), "shop_id": self._shop, "email": event.email, "first_name": event.first_name,
            "last_name": event.last_name, "phone": event.phone, "locale": event.locale, "note": None, "tags": [],
            "state": "disabled", "verified_email": True, "address": {**event.address, "id": self._id()},
            "email_consent": event.consent,
            "email_consent_level": None if event.consent == "not_subscribed" else "single_opt_in",
            "email_consent_at": None if event.consent == "not_subscribed" else event.at,
            "open_tracking": "unknown", "last_order_id": None, "created_at": event.at, "updated_at": event.at,
        }  # fmt: skip
        (self.guests if event.guest else self.people)[event.person] = row

    def _consent(self, event: truth.ConsentChanged) -> None:
        row = self.people.get(event.person)
        if row is not None:
            row["email_consent"], row["email_consent_at"], row["updated_at"] = event.state, event.at, event.at

    def _merge(self, event: truth.PeopleMerged) -> None:
        gone = self.people.pop(event.gone, None)
        kept = self.people[event.kept]
        kept["updated_at"] = event.at
        for row in self._theirs.pop(gone["id"], []) if gone else ():
            row["customer_id"], row["updated_at"] = kept["id"], event.at
            self._theirs[kept["id"]].append(row)
        self.people[event.gone] = kept  # what they buy later is the kept one's

    def _placed(self, event: truth.OrderPlaced) -> None:
        guest = self.guests.get(event.person)
        person = guest or self.people[event.person]
        order, address = self._id(), event.address and {**event.address, "id": self._id()}
        bought = sum((line.price * line.quantity for line in event.lines), NOTHING)
        shipping = SHIPPING[address["country_code"]] if address and bought < FREE_FROM else NOTHING
        off = (bought * A_TENTH).quantize(Decimal("0.01")) if event.code else NOTHING
        row: Row = {
            "id": order, "shop_id": self._shop, "order_number": 1000 + event.order, "token": f"{order:032x}",
            "customer_id": None if guest else person["id"], "email": person["email"], "phone": person["phone"],
            "customer_locale": person["locale"], "accepts_marketing": person["email_consent"] == "subscribed",
            "currency": self._currency, "financial_status": "pending", "fulfillment_status": None,
            "note": event.note, "note_attributes": [{"name": "Gift", "value": "yes"}] if event.gift else [],
            "tags": list(event.tags), "discount_codes": _codes(event.code, off), "total_discounts": off,
            "shipping_price": shipping, "refunded": NOTHING, "billing_address": person["address"],
            "shipping_address": address, "source_name": event.source, "test": event.kind == "test",
            "cancel_reason": None, "cancelled_at": None, "closed_at": None, "paid_at": None,
            "processed_at": event.at, "created_at": event.at, "updated_at": event.at,
        }  # fmt: skip
        sold = self.sold[event.order] = Sold(row)
        for line in event.lines:
            self._line(sold, line)
        if not guest:
            person["last_order_id"] = order
            self._theirs[person["id"]].append(row)

    def _line(self, sold: Sold, line: truth.Bought) -> None:
        variant = self._variants[line.product, line.form]
        sold.lines.append({
            "id": self._id(), "shop_id": self._shop, "order_id": sold.row["id"], "position": len(sold.lines) + 1,
            "product_id": self._products[line.product], "variant_id": variant["id"],
            "title": self._titles[line.product],
            "variant_title": None if variant["title"] == "Default Title" else variant["title"],
            "sku": variant["sku"], "vendor": "Made", "quantity": line.quantity, "current_quantity": line.quantity,
            "fulfilled_quantity": 0, "price": line.price, "grams": variant["grams"],
            "requires_shipping": line.carried, "gift_card": line.gift_card, "taxable": not line.gift_card,
            "properties": [],
        })  # fmt: skip

    def _paid(self, event: truth.OrderPaid) -> None:
        row = self._touch(event.order, event.at)
        row["financial_status"], row["paid_at"] = "paid", event.at

    def _edited(self, event: truth.OrderEdited) -> None:
        self._touch(event.order, event.at)
        sold = self.sold[event.order]
        for place, quantity in event.removed:
            sold.lines[place]["current_quantity"] -= quantity
        for line in event.added:
            self._line(sold, line)

    def _cancelled(self, event: truth.OrderCancelled) -> None:
        row = self._touch(event.order, event.at)
        row["cancelled_at"], row["closed_at"], row["cancel_reason"] = event.at, event.at, event.reason
        lines = self.sold[event.order].lines
        if row["paid_at"] is None:
            row["financial_status"] = "voided"
            for line in lines:
                line["current_quantity"] = 0
            return
        everything = [(line, line["current_quantity"]) for line in lines]
        self._refund(self.sold[event.order], everything, event.at, "Order cancelled", whole=True, restock="cancel")

    def _sent(self, event: truth.ParcelSent) -> None:
        self._touch(event.order, event.at)
        sold, parcel = self.sold[event.order], self._id()
        code = f"EX{parcel % 10**9:09d}" if event.tracked else None
        company = event.carrier if event.service != "express" else f"{event.carrier} Express"
        sold.parcels[event.parcel] = {
            "id": parcel, "shop_id": self._shop, "order_id": sold.row["id"], "number": event.parcel,
            "status": "success", "shipment_status": None, "tracking_company": company,
            "tracking_numbers": [code] if code else [], "tracking_urls": [TRACKING_PAGE + code] if code else [],
            "in_transit_at": None, "estimated_delivery_at": None, "delivered_at": None,
            "created_at": event.at, "updated_at": event.at, "_told": None,
        }  # fmt: skip
        for place, quantity in event.lines:
            line, packed = sold.lines[place], self._id()
            sold.packed[event.parcel, place] = packed
            line["fulfilled_quantity"] += quantity
            self.tables["fulfillment_line"].append(
                {"id": packed, "fulfillment_id": parcel, "line_item_id": line["id"], "quantity": quantity}
            )

    def _scanned(self, event: truth.Scanned) -> None:
        self._touch(event.order, event.at)
        parcel = self.sold[event.order].parcels[event.parcel]
        address = self.sold[event.order].row["billing_address"]
        self.tables["fulfillment_event"].append({
            "id": self._id(), "shop_id": self._shop, "order_id": parcel["order_id"], "fulfillment_id": parcel["id"],
            "status": event.status, "message": STATUSES[event.status], "city": None, "province": None,
            "country": address["country_code"], "zip": None, "estimated_delivery_at": None,
            "happened_at": event.happened_at, "created_at": event.at, "updated_at": event.at,
        })  # fmt: skip
        if parcel["_told"] is None or event.happened_at >= parcel["_told"]:
            parcel["shipment_status"], parcel["_told"] = event.status, event.happened_at
        for status, column in (("in_transit", "in_transit_at"), ("delivered", "delivered_at")):
            if event.status == status and (parcel[column] is None or event.happened_at < parcel[column]):
                parcel[column] = event.happened_at
        parcel["updated_at"] = event.at

    def _at_counter(self, event: truth.AtCounter) -> None:
        self._touch(event.order, event.at)
        parcel = self.sold[event.order].parcels[event.parcel]
        parcel["shipment_status"], parcel["updated_at"] = event.status, event.at

    def _refunded(self, event: truth.Refunded) -> None:
        self._touch(event.order, event.at)
        sold = self.sold[event.order]
        chosen = [(sold.lines[place], quantity) for place, quantity in event.lines]
        self._refund(sold, chosen, event.at, event.note, whole=event.whole, restock="no_restock")

    def _refund(
        self, sold: Sold, chosen: list[tuple[Row, int]], at: datetime, note: str, *, whole: bool, restock: str
    ) -> None:
        refund, amount = self._id(), NOTHING
        for line, wanted in chosen:
            quantity = min(wanted, line["current_quantity"])
            if not quantity:
                continue
            unshipped = line["current_quantity"] - line["fulfilled_quantity"] >= quantity
            line["current_quantity"] -= quantity
            if not unshipped:
                line["fulfilled_quantity"] = min(line["fulfilled_quantity"], line["current_quantity"])
            amount += line["price"] * quantity
            self.tables["refund_line"].append({
                "id": self._id(), "refund_id": refund, "line_item_id": line["id"], "quantity": quantity,
                "restock_type": restock, "subtotal": line["price"] * quantity,
            })  # fmt: skip
        row = sold.row
        bought = sum((line["price"] * line["quantity"] for line in sold.lines), row["shipping_price"])
        total = bought - row["total_discounts"]
        amount = min(amount + (row["shipping_price"] if whole else NOTHING), total - row["refunded"])
        row["refunded"] += amount
        row["financial_status"] = "refunded" if row["refunded"] >= total else "partially_refunded"
        self.tables["refund"].append({
            "id": refund, "shop_id": self._shop, "order_id": row["id"], "return_id": None, "note": note,
            "amount": amount, "restock": restock == "cancel", "processed_at": at, "created_at": at, "updated_at": at,
        })  # fmt: skip

    def _asked(self, event: truth.ReturnAsked) -> None:
        self._touch(event.order, event.at)
        sold, case = self.sold[event.order], self._id()
        sold.case = {
            "id": case, "shop_id": self._shop, "order_id": sold.row["id"], "number": 1, "status": "requested",
            "decline_reason": None, "decline_note": None, "created_at": event.at, "closed_at": None,
            "updated_at": event.at,
        }  # fmt: skip
        self.tables["return"].append(sold.case)
        for place, quantity in event.lines:
            self.tables["return_line"].append({
                "id": self._id(), "return_id": case, "fulfillment_line_id": sold.packed[event.parcel, place],
                "quantity": quantity, "reason": event.reason, "note": "",
            })  # fmt: skip

    def _moved(self, event: truth.ReturnMoved) -> None:
        self._touch(event.order, event.at)
        case = self.sold[event.order].case
        if case is None:
            raise LookupError(f"order {event.order} has no return")
        case["status"], case["updated_at"] = event.status, event.at
        case["closed_at"] = event.at if event.status == "closed" else None
        if event.status == "declined":
            case["decline_reason"] = "return_period_ended"

    def _touch(self, order: int, at: datetime) -> Row:
        row = self.sold[order].row
        row["updated_at"] = at
        return row


def _codes(code: str | None, off: Decimal) -> list[Row]:
    return [{"code": code, "amount": f"{off:.2f}", "type": "fixed_amount"}] if code else []
