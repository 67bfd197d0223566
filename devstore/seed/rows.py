"""Turn drafts into rows, ids and all, so that a whole shop goes in with one insert a table."""

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from devstore.seed.draft import Form, Goods, Package, Person, Range, Sale, Store
from devstore.seed.places import LANDS
from devstore.world.carrier_event import STATUSES
from devstore.world.fulfil import TRACKING_PAGE

SHIPPING = {land.code: Decimal(land.shipping) for land in LANDS}
Row = dict[str, Any]


class Rows:
    """The rows of one shop by table; `next_id` hands out ids, `now` is when the seed is planted."""

    def __init__(self, store: Store, shop_id: int, next_id: Callable[[], int], now: datetime) -> None:
        self.tables: dict[str, list[Row]] = defaultdict(list)
        self._shop, self._id, self._now = shop_id, next_id, now
        self._currency = store.facts["currency"]
        self._forms: dict[tuple[str, int], tuple[int, int, Goods, Form]] = {}
        self._people: dict[str, int] = {}
        for goods in store.goods:
            self._goods(goods)
        for person in store.people:
            self._person(person)
        for number, sale in enumerate(sorted(store.sales, key=lambda one: one.at), start=1001):
            self._sale(sale, number)
        for one in store.ranges:
            self._range(one)

    def _goods(self, goods: Goods) -> None:
        since = self._now - timedelta(days=400)
        stamped = {"shop_id": self._shop, "created_at": since, "updated_at": since}
        product = self._id()
        self.tables["product"].append({
            **stamped,
            "id": product,
            "handle": goods.handle,
            "title": goods.title,
            "body_html": f"<p>{goods.words}</p>",
            "vendor": "Kiln & Kettle" if self._currency == "GBP" else "Fernside Tea",
            "product_type": goods.kind,
            "tags": list(goods.tags),
            "status": "active",
            "drawing": goods.drawing,
            "image_id": self._id(),
            "published_at": since,
        })  # fmt: skip
        for position, form in enumerate(goods.forms):
            variant = self._id()
            self._forms[goods.handle, position] = product, variant, goods, form
            self.tables["variant"].append({
                **stamped, "id": variant, "product_id": product, "position": position + 1, "title": form.title,
                "sku": form.sku, "price": form.price, "grams": form.grams, "requires_shipping": form.shipped,
                "gift_card": form.gift_card, "taxable": not form.gift_card, "inventory_item_id": self._id(),
                "inventory_quantity": 100,
            })  # fmt: skip

    def _range(self, one: Range) -> None:
        since = self._now - timedelta(days=390)
        self.tables["collection"].append({
            "id": self._id(), "shop_id": self._shop, "handle": one.handle, "title": one.title, "rule_tag": one.tag,
            "product_ids": [self._forms[handle, 0][0] for handle in one.products],
            "created_at": since, "updated_at": since,
        })  # fmt: skip

    def _person(self, person: Person) -> None:
        number = self._people[person.email] = self._id()
        person.address["id"] = self._id()
        self.tables["customer"].append({
            "id": number,
            "shop_id": self._shop,
            "email": person.email,
            "first_name": person.first_name,
            "last_name": person.last_name,
            "phone": person.phone,
            "locale": person.locale,
            "note": person.note,
            "tags": [],
            "state": "disabled",
            "verified_email": True,
            "address": person.address,
            "email_consent": person.consent,
            "email_consent_level": "single_opt_in" if person.consent_at else None,
            "email_consent_at": person.consent_at,
            "open_tracking": "unknown",
            "created_at": person.since,
            "updated_at": person.consent_at or person.since,
        })  # fmt: skip

    def _sale(self, sale: Sale, number: int) -> None:
        order = self._id()
        lines = [self._line(sale, order, place) for place in range(len(sale.lines))]
        shipped = any(line["requires_shipping"] for line in lines)
        bought = sum((line["price"] * line["quantity"] for line in lines), Decimal(0))
        shipping = SHIPPING[sale.person.address["country_code"]] if shipped and bought < 60 else Decimal(0)
        row: Row = {
            "id": order,
            "shop_id": self._shop,
            "order_number": number,
            "token": f"{order:032x}",
            "customer_id": self._people[sale.person.email],
            "email": sale.person.email,
            "phone": sale.person.phone,
            "customer_locale": sale.person.locale,
            "accepts_marketing": sale.person.consent == "subscribed",
            "currency": self._currency,
            "financial_status": "paid",
            "note": sale.note,
            "note_attributes": [{"name": "Gift", "value": "yes"}] if "gift" in sale.tags else [],
            "tags": sale.tags,
            "discount_codes": [],
            "shipping_price": shipping,
            "total_discounts": Decimal(0),
            "refunded": Decimal(0),
            "billing_address": sale.person.address,
            "shipping_address": sale.person.address if shipped else None,
            "source_name": "web",
            "test": False,
            "cancel_reason": "customer" if sale.cancelled_at else None,
            "cancelled_at": sale.cancelled_at,
            "closed_at": sale.cancelled_at,
            "paid_at": sale.at,
            "processed_at": sale.at,
            "created_at": sale.at,
            "updated_at": sale.at,
        }
        packed = [self._package(row, lines, package, count) for count, package in enumerate(sale.packages, start=1)]
        self._come_back(sale, row, lines, packed, total=bought + shipping)
        self._conclude(sale, row, lines)
        self.tables["order"].append(row)
        self.tables["line_item"] += lines

    def _line(self, sale: Sale, order: int, place: int) -> Row:
        handle, position, quantity = sale.lines[place]
        product, variant, goods, form = self._forms[handle, position]
        return {
            "id": self._id(),
            "shop_id": self._shop,
            "order_id": order,
            "position": place + 1,
            "product_id": product,
            "variant_id": variant,
            "title": goods.title,
            "variant_title": None if form.title == "Default Title" else form.title,
            "sku": form.sku,
            "vendor": "Kiln & Kettle" if self._currency == "GBP" else "Fernside Tea",
            "quantity": quantity,
            "current_quantity": quantity,
            "fulfilled_quantity": 0,
            "price": form.price,
            "grams": form.grams,
            "requires_shipping": form.shipped,
            "gift_card": form.gift_card,
            "taxable": not form.gift_card,
            "properties": [],
        }

    def _package(self, order: Row, lines: list[Row], package: Package, count: int) -> dict[int, int]:
        """Add a parcel; return the ids of its lines by their place."""
        parcel, country = self._id(), order["billing_address"]["country_code"]
        code = f"EX{parcel % 10**9:09d}" if package.tracked else None
        last = package.scans[-1] if package.scans else None
        first = {scan.status: scan.at for scan in reversed(package.scans)}
        estimates = [scan.estimate for scan in package.scans if scan.estimate]
        self.tables["fulfillment"].append({
            "id": parcel,
            "shop_id": self._shop,
            "order_id": order["id"],
            "number": count,
            "status": "success",
            "shipment_status": last.status if last else None,
            "tracking_company": "Example Post" if code else None,
            "tracking_numbers": [code] if code else [],
            "tracking_urls": [TRACKING_PAGE + code] if code else [],
            "in_transit_at": first.get("in_transit"),
            "estimated_delivery_at": estimates[-1] if estimates else None,
            "delivered_at": first.get("delivered"),
            "created_at": package.at,
            "updated_at": last.at if last else package.at,
        })  # fmt: skip
        for scan in package.scans:
            self.tables["fulfillment_event"].append({
                "id": self._id(),
                "shop_id": self._shop,
                "order_id": order["id"],
                "fulfillment_id": parcel,
                "status": scan.status,
                "message": STATUSES[scan.status],
                "city": scan.city,
                "country": country,
                "estimated_delivery_at": scan.estimate,
                "happened_at": scan.at,
                "created_at": scan.at,
                "updated_at": scan.at,
            })  # fmt: skip
        for later in package.later:
            self.tables["planned"].append({
                "shop_id": self._shop, "hours": later.hours, "act": later.act, "subject": parcel, "words": later.words,
            })  # fmt: skip
        packed = {}
        for place, quantity in package.lines:
            packed[place] = self._id()
            lines[place]["fulfilled_quantity"] += quantity
            self.tables["fulfillment_line"].append({
                "id": packed[place],
                "fulfillment_id": parcel,
                "line_item_id": lines[place]["id"],
                "quantity": quantity,
            })  # fmt: skip
        return packed

    def _come_back(
        self, sale: Sale, order: Row, lines: list[Row], packed: list[dict[int, int]], total: Decimal
    ) -> None:
        """Add the order's refund and return; a cancelled order is refunded as it is cancelled."""
        at = sale.refund_at or sale.cancelled_at
        if at:
            chosen = sale.refund_lines or [(place, line["quantity"]) for place, line in enumerate(lines)]
            self._refund(sale, order, [(lines[place], quantity) for place, quantity in chosen], at, total)
        if sale.return_at:
            self._return(sale, order, packed)

    def _refund(self, sale: Sale, order: Row, chosen: list[tuple[Row, int]], at: datetime, total: Decimal) -> None:
        refund = self._id()
        amount = Decimal(0)
        for line, quantity in chosen:
            amount += line["price"] * quantity
            line["current_quantity"] -= quantity
            line["fulfilled_quantity"] = min(line["fulfilled_quantity"], line["current_quantity"])
            self.tables["refund_line"].append({
                "id": self._id(),
                "refund_id": refund,
                "line_item_id": line["id"],
                "quantity": quantity,
                "restock_type": "cancel" if sale.cancelled_at else "no_restock",
                "subtotal": line["price"] * quantity,
            })  # fmt: skip
        amount = amount if sale.refund_lines else total
        order["refunded"] = amount
        order["financial_status"] = "refunded" if amount >= total else "partially_refunded"
        order["updated_at"] = at
        self.tables["refund"].append({
            "id": refund,
            "shop_id": self._shop,
            "order_id": order["id"],
            "note": sale.refund_note or "Order cancelled",
            "amount": amount,
            "restock": bool(sale.cancelled_at),
            "processed_at": at,
            "created_at": at,
            "updated_at": at,
        })  # fmt: skip

    def _return(self, sale: Sale, order: Row, packed: list[dict[int, int]]) -> None:
        case = self._id()
        closed = self._closed(sale)
        self.tables["return"].append({
            "id": case,
            "shop_id": self._shop,
            "order_id": order["id"],
            "number": 1,
            "status": sale.return_status,
            "created_at": sale.return_at,
            "closed_at": closed,
            "updated_at": closed or sale.return_at,
        })  # fmt: skip
        for place, quantity in sale.return_lines:
            self.tables["return_line"].append({
                "id": self._id(),
                "return_id": case,
                "fulfillment_line_id": packed[0][place],
                "quantity": quantity,
                "reason": "unwanted",
                "note": "",
            })  # fmt: skip
        order["updated_at"] = closed or sale.return_at

    def _closed(self, sale: Sale) -> datetime | None:
        if sale.return_status != "closed" or sale.return_at is None:
            return None
        return min(sale.return_at + timedelta(days=6), self._now - timedelta(minutes=20))

    def _conclude(self, sale: Sale, order: Row, lines: list[Row]) -> None:
        """Set what follows from the lines: shipped whole, in part or not, and the moment of the last change."""
        shipped = any(line["fulfilled_quantity"] for line in lines) or bool(sale.packages)
        left = any(line["current_quantity"] > line["fulfilled_quantity"] for line in lines)
        order["fulfillment_status"] = None if not shipped else "partial" if left else "fulfilled"
        for package in sale.packages:
            order["updated_at"] = max([order["updated_at"], package.at, *(scan.at for scan in package.scans)])
        if shipped and not left:
            order["closed_at"] = sale.packages[-1].at
