"""Compare the app's tables with the simulated shop's, field by field; every difference is one sentence."""

from collections import defaultdict

from sqlalchemy import select

from app.catalog.collections import listed
from app.catalog.models import Product, Variant
from app.customers.consent import current
from app.customers.models import Customer
from app.flows.models import FollowUp, FollowUpState
from app.kit.work import unit_of_work
from app.orders.models import Order, OrderEvent, OrderLine
from app.orders.parcels import Fulfillment, FulfillmentEvent, FulfillmentLine
from app.orders.reversals import Refund, RefundLine, ReturnCase, ReturnLine
from app.shops.models import ShopProfile
from devstore.state import models as store
from devstore.state.engine import unit_of_work as store_work
from devstore.webhooks.payloads.order import totals
from devstore.world.collections import holds
from tests.convergence import truth

ONCE = {
    "placed",
    "paid",
    "cancelled",
    "deleted",
    "shipped",
    "parcel_cancelled",
    "refunded",
}  # kinds told once a subject
STANDING = {None: "unfulfilled", "partial": "partially_fulfilled", "fulfilled": "fulfilled"}


class Comparison:
    """Collect differences; `compared` counts the fields looked at."""

    def __init__(self):
        self.differences, self.compared = [], 0

    def same(self, what, ours, theirs):
        """Compare the named fields of two mappings."""
        for name, true in theirs.items():
            self.compared += 1
            if ours[name] != true:
                self.differences.append(f"{what}: {name} is {ours[name]!r}, truth {true!r}")

    def missing(self, what, ours, theirs):
        """Compare two sets of ids."""
        self.compared += len(theirs)
        self.differences += [f"{what} {one} is not known" for one in sorted(theirs - ours)]
        self.differences += [f"{what} {one} is not at the shop" for one in sorted(ours - theirs)]


def compare(wired, shop_id, domain, erased=frozenset()):
    """Return the comparison of one shop. `erased` are the ids of customers the app was told to erase."""
    result = Comparison()
    with store_work(announce=False) as session:
        shop = session.scalars(select(store.Shop).where(store.Shop.handle == domain.partition(".")[0])).one()
        people = {
            row.id: row for row in session.scalars(select(store.Customer).where(store.Customer.shop_id == shop.id))
        }
        products = {
            row.id: row for row in session.scalars(select(store.Product).where(store.Product.shop_id == shop.id))
        }
        shelves = list(session.scalars(select(store.Collection).where(store.Collection.shop_id == shop.id)))
        variants = list(session.scalars(select(store.Variant).where(store.Variant.shop_id == shop.id)))
        session.expunge_all()
    with unit_of_work(wired, shop_id=shop_id) as session:
        rested = _rested_on(session)
        profile = session.scalars(select(ShopProfile)).one()
        wanted = {"name": shop.name, "contact_email": shop.contact_email, "timezone": shop.iana_timezone}
        result.same("the shop", vars(profile), wanted | {"currency": shop.currency, "country": shop.country_code})
        _customers(result, session, people, erased, rested)
        _products(result, session, products, variants, shelves, rested)
        _orders(result, Kept(session), truth.read(shop_id=shop.id), rested)
        _history(result, session)
    return result


class Kept:
    """Hold all that the app keeps of the entered shop's orders: rows by the id of what they belong to."""

    def __init__(self, session):
        self._session = session
        self.people = {row.id: row for row in session.scalars(select(Customer))}
        self.lines = self._by(OrderLine, "order_id")
        self.parcels, self.contents = self._by(Fulfillment, "order_id"), self._by(FulfillmentLine, "fulfillment_id")
        self.scans = self._by(FulfillmentEvent, "fulfillment_id")
        self.refunds, self.refunded = self._by(Refund, "order_id"), self._by(RefundLine, "refund_id")
        self.cases, self.sent_back = self._by(ReturnCase, "order_id"), self._by(ReturnLine, "return_case_id")
        self.orders = list(session.scalars(select(Order)))

    def _by(self, kind, owner):
        found = defaultdict(list)
        for row in self._session.scalars(select(kind).order_by(kind.id)):
            found[getattr(row, owner)].append(row)
        return found


def _rested_on(session):
    """Return the ids of orders something pending rests on."""
    pending = FollowUp.state.in_([FollowUpState.SCHEDULED, FollowUpState.HELD, FollowUpState.CLAIMED])
    return set(session.scalars(select(FollowUp.order_id).where(pending)))


def _customers(result, session, people, erased, rested):
    rows = {row.shopify_id: row for row in session.scalars(select(Customer))}
    result.missing("customer", rows.keys() & people.keys(), people.keys())
    said = current(session, [row.id for row in rows.values()])
    for shopify_id, row in rows.items():
        what = f"customer {shopify_id}"
        if shopify_id in erased or row.erased_at is not None:
            nobody = dict.fromkeys(("email", "first_name", "last_name", "province"))
            result.same(what, vars(row), nobody)
        elif shopify_id not in people:
            orders = set(session.scalars(select(Order.id).where(Order.customer_id == row.id)))
            result.same(f"{what}, deleted at the shop", {"pending": len(orders & rested)}, {"pending": 0})
        else:
            true = people[shopify_id]
            address = true.address or {}
            told = {"email": true.email, "first_name": true.first_name, "last_name": true.last_name}
            told |= {"country": address.get("country_code"), "province": address.get("province_code")}
            result.same(what, vars(row), told)
            result.same(what, {"consent": said.get(row.id)}, {"consent": true.email_consent})


def _products(result, session, products, variants, shelves, rested):
    rows = {row.shopify_id: row for row in session.scalars(select(Product))}
    result.missing("product", rows.keys() & products.keys(), products.keys())
    pending = set(session.scalars(select(OrderLine.product_shopify_id).where(OrderLine.order_id.in_(rested))))
    for shopify_id, row in rows.items():
        if shopify_id in products:
            true = products[shopify_id]
            told = {"title": true.title, "handle": true.handle, "status": true.status, "deleted_at": None}
            told["collections"] = listed((one.id, one.handle) for one in shelves if holds(one, true))
            result.same(f"product {shopify_id}", vars(row), told | {"tags": ", ".join(sorted(true.tags))})
        elif row.deleted_at is None:
            result.same(f"product {shopify_id}, deleted", {"pending": shopify_id in pending}, {"pending": False})
    kept = {row.shopify_id: row for row in session.scalars(select(Variant))}
    for true in variants:
        row = kept.get(true.id)
        result.missing("variant", {true.id} if row else set(), {true.id})
        if row is not None:
            result.same(f"variant {true.id}", vars(row), {"price": true.price, "title": true.title, "deleted_at": None})


def _orders(result, kept, true_orders, rested):
    rows = {row.shopify_id: row for row in kept.orders}
    result.missing("order", rows.keys() & true_orders.keys(), true_orders.keys())
    for shopify_id, row in rows.items():
        true = true_orders.get(shopify_id)
        if true is not None:
            _order(result, kept, row, true)
        elif row.deleted_at is None:
            result.same(f"{row.name}, deleted at the shop", {"pending": row.id in rested}, {"pending": False})


def _order(result, kept, row, true):
    what, order = row.name, true.order
    address = order.shipping_address or {}
    lines = tuple(true.lines.values())
    ships = any(line.requires_shipping for line in lines)
    told = {
        "name": order.name,
        "locale": order.customer_locale,
        "country": address.get("country_code"),
        "currency": order.currency,
        "total": totals(order, lines).current_total,
        "financial_status": order.financial_status,
        "fulfillment_status": STANDING[order.fulfillment_status]
        if ships or order.fulfillment_status
        else "not_required",
        "is_test": order.test,
        "tags": ", ".join(sorted(order.tags)),
        "placed_at": order.processed_at,
        "cancelled_at": order.cancelled_at,
        "cancel_reason": order.cancel_reason,
        "deleted_at": None,
        "source_updated_at": order.updated_at,
    }
    asked_for = any(one["name"] == "Gift" and one["value"] == "yes" for one in order.note_attributes)
    result.same(what, {"gift by its box": row.gift == "attribute"}, {"gift by its box": asked_for})
    result.same(what, {"renewal": row.renewal}, {"renewal": order.source_name.startswith("subscription_contract")})
    person = kept.people.get(row.customer_id)
    if person is not None and person.erased_at is not None:
        told |= dict.fromkeys(("email", "note", "zip", "recipient_name", "province", "discount_codes"))
    else:
        told["discount_codes"] = "\n".join(one["code"] for one in order.discount_codes)
        told |= {"email": order.email, "note": order.note, "province": address.get("province_code")}
        told |= {"zip": address.get("zip"), "recipient_name": address.get("first_name")}
        if true.customer is not None:
            result.same(what, {"customer": person and person.shopify_id}, {"customer": true.customer.id})
    result.same(what, vars(row), told)
    if order.financial_status == "paid":  # how exactly depends on who told us: never before it was placed, nor ahead
        in_time = row.paid_at is not None and order.processed_at <= row.paid_at <= order.updated_at
        result.same(what, {"paid in time": in_time}, {"paid in time": True})
    ours = {line.shopify_id: line for line in kept.lines[row.id]}
    result.missing(f"{what} line", ours.keys(), true.lines.keys())
    for line in lines:
        if line.id in ours:
            names = ("title", "variant_title", "quantity", "current_quantity", "requires_shipping", "price")
            told = {name: getattr(line, name) for name in names} | {
                "is_gift_card": line.gift_card,
                "sku": line.sku or "",
            }
            result.same(f"{what} line {line.id}", vars(ours[line.id]), told)
    by_row = {line.id: line.shopify_id for line in ours.values()}
    _parcels(result, kept, row, true, by_row, erased=person is None or person.erased_at is not None)
    _reversals(result, kept, row, true, by_row)


def _parcels(result, kept, row, true, line_ids, *, erased):
    ours = {one.shopify_id: one for one in kept.parcels[row.id]}
    result.missing(f"{row.name} parcel", ours.keys(), {one.row.id for one in true.parcels})
    for parcel in true.parcels:
        mine, theirs = ours.get(parcel.row.id), parcel.row
        if mine is None:
            continue
        what = f"{row.name} parcel {theirs.id}"
        at, source = parcel.arrival
        told = {
            "status": theirs.status,
            "shipment_status": theirs.shipment_status if theirs.status == "success" else None,
            "tracking_company": theirs.tracking_company,
            "tracking_number": None if erased else next(iter(theirs.tracking_numbers), None),
            "tracking_url": None if erased else next(iter(theirs.tracking_urls), None),
            "shipped_at": theirs.created_at,
            "delivered_at": at,
            "delivered_source": source,
            "source_updated_at": theirs.updated_at,
        }
        if source == "merchant":
            in_time = (
                mine.picked_up_at is not None and told.pop("delivered_at") >= mine.picked_up_at >= theirs.created_at
            )
            result.same(what, {"picked up in time": in_time}, {"picked up in time": True})
            told["delivered_at"] = mine.picked_up_at
        result.same(what, vars(mine), told)
        result.same(what, {"cancelled": mine.cancelled_at is not None}, {"cancelled": theirs.status == "cancelled"})
        contents = {line_ids.get(one.order_line_id): one.quantity for one in kept.contents[mine.id]}
        result.same(what, {"contents": contents}, {"contents": parcel.contents})
        live = [one for one in kept.scans[mine.id] if one.deleted_at is None]
        scans = {one.shopify_id: (one.status, one.happened_at) for one in live}
        result.same(what, {"scans": scans}, {"scans": {one.id: (one.status, one.happened_at) for one in parcel.scans}})


def _reversals(result, kept, row, true, line_ids):
    ours = {one.shopify_id: one for one in kept.refunds[row.id]}
    result.missing(f"{row.name} refund", ours.keys(), {refund.id for refund, _ in true.refunds})
    for refund, contents in true.refunds:
        if refund.id in ours:
            found = ours[refund.id]
            told = {"amount": refund.amount, "happened_at": refund.processed_at, "contents": contents}
            mine = {line_ids.get(one.order_line_id): one.quantity for one in kept.refunded[found.id]}
            result.same(f"{row.name} refund {refund.id}", vars(found) | {"contents": mine}, told)
    cases = {one.shopify_id: one for one in kept.cases[row.id]}
    result.missing(f"{row.name} return", cases.keys(), {case.id for case, _ in true.returns})
    for case, contents in true.returns:
        if case.id in cases:
            found = cases[case.id]
            mine = {line_ids.get(one.order_line_id): one.quantity for one in kept.sent_back[found.id]}
            told = {"status": case.status, "opened_at": case.created_at, "contents": contents}
            if case.status in {"open", "requested", "closed"}:
                told["closed_at"] = case.closed_at  # of what was declined or cancelled the shop says no date
            result.same(f"{row.name} return {case.id}", vars(found) | {"contents": mine}, told)


def _history(result, session):
    """What can happen once is told once."""
    seen = set()
    for event in session.scalars(select(OrderEvent).where(OrderEvent.kind.in_(ONCE))):
        key = (event.order_id, event.kind, event.subject_id)
        result.compared += 1
        if key in seen:
            result.differences.append(f"order {event.order_id}: {event.kind} {event.subject_id} is told twice")
        seen.add(key)
