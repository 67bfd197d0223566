"""Keep orders of the past by the batch. What is known already stays as it is, and nobody plans anything by them.

An order told by webhook or by a pass is at least as new as a file made minutes ago. Nothing is emitted here: history
enrols nobody and sends nothing (that is all the difference to `record_order`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.customers import identify
from app.customers.address import normalise
from app.customers.consent import state_consent
from app.customers.models import Customer
from app.kit.rows.insert_rows import insert_rows
from app.kit.rows.one_trip import one_trip
from app.kit.work import entered_shop
from app.orders.arrival.delivery import DeliverySource
from app.orders.arrival.pickup import NONE, Pickup, at_counter, shown
from app.orders.models import Order, OrderEvent, OrderLine
from app.orders.parcels import Fulfillment
from app.orders.record.described import line_columns, order_columns
from app.shopify.payloads.facts import FulfillmentFacts, LineFacts, OrderFacts
from app.shopify.payloads.vocabulary import FinancialStatus, FulfillmentStatus

IMPORT: Final = "import"  # the source of what history told
EVENTS_KEPT: Final = timedelta(days=400)
ONCE: Final = "on conflict do nothing"


def keep_orders(session: Session, told: Sequence[OrderFacts], now: datetime, received_at: datetime) -> int:
    """Insert those of the orders that are not known, with buyers, parcels and events; return how many were new."""
    shop_id = entered_shop(session)
    wanted = {facts.shopify_id: facts for facts in told}
    known = session.scalars(
        select(Order.shopify_id).where(Order.shop_id == shop_id, Order.shopify_id.in_(list(wanted)))
    )
    for shopify_id in known:
        del wanted[shopify_id]
    if not wanted:
        return 0
    buyers = _buyers(session, wanted.values(), received_at)
    rows = [_order_row(shop_id, facts, buyers.get(facts.shopify_id)) for facts in wanted.values()]
    (made,) = one_trip(session, [insert_rows(Order, rows, f"{ONCE} returning id, shopify_id")])
    ids = {shopify_id: order_id for order_id, shopify_id in made}
    new = [(ids[facts.shopify_id], facts) for facts in wanted.values() if facts.shopify_id in ids]
    parcels = [
        _parcel_row(shop_id, order_id, parcel, nobodys=buyers.get(facts.shopify_id) is None)
        for order_id, facts in new
        for parcel in facts.fulfillments
    ]
    events = [row for order_id, facts in new for row in _events(shop_id, order_id, facts, now, received_at)]
    asked = [insert_rows(Fulfillment, parcels, ONCE)] if parcels else []
    asked += [insert_rows(OrderEvent, events, ONCE)] if events else []
    if asked:
        one_trip(session, asked)
    return len(new)


def keep_lines(session: Session, told: Iterable[tuple[int, LineFacts]]) -> int:
    """Insert those of the (order's Shopify id, line) that are not known; return how many were new."""
    shop_id, pairs = entered_shop(session), list(told)
    orders = select(Order.shopify_id, Order.id).where(
        Order.shop_id == shop_id, Order.shopify_id.in_({parent for parent, _ in pairs})
    )
    ids = {row.shopify_id: row.id for row in session.execute(orders)}
    rows = [_line_row(shop_id, ids[parent], facts) for parent, facts in pairs if parent in ids]
    if not rows:
        return 0
    (made,) = one_trip(session, [insert_rows(OrderLine, rows, f"{ONCE} returning id")])
    return len(made)


def _buyers(session: Session, told: Iterable[OrderFacts], now: datetime) -> dict[int, int]:
    """Return our customer id by order; who is new is made known, with what they agreed to."""
    shop_id, orders = entered_shop(session), list(told)
    wanted = {facts.customer.shopify_id for facts in orders if facts.customer is not None}
    rows = select(Customer.shopify_id, Customer.id).where(
        Customer.shop_id == shop_id,
        Customer.shopify_id.in_(wanted),
        Customer.erased_at.is_(None),
        Customer.merged_into.is_(None),
    )
    ids: dict[int, int | None] = {row.shopify_id: row.id for row in session.execute(rows) if row.shopify_id}
    guests: dict[str, int | None] = {}
    found: dict[int, int | None] = {}
    for facts in orders:
        if facts.customer is not None:
            if facts.customer.shopify_id not in ids:
                ids[facts.customer.shopify_id] = _new_customer(session, facts, now)
            found[facts.shopify_id] = ids[facts.customer.shopify_id]
        elif (address := normalise(facts.email)) is not None:
            if address not in guests:
                guests[address] = _guest(session, facts, address)
            found[facts.shopify_id] = guests[address]
    return {order: customer for order, customer in found.items() if customer is not None}


def _new_customer(session: Session, facts: OrderFacts, now: datetime) -> int | None:
    if facts.customer is None:
        return None
    row = identify.record_customer(session, facts.customer, seen_at=facts.updated_at)
    if row is None:
        return None
    row.locale = row.locale or facts.locale
    said = facts.customer.consent
    if said is not None:
        state_consent(
            session,
            row.id,
            state=said.state,
            source="shopify_order",
            happened_at=said.changed_at or facts.created_at,
            received_at=now,
        )
    return row.id


def _guest(session: Session, facts: OrderFacts, address: str) -> int | None:
    name = facts.destination
    row = identify.record_guest(
        session,
        address,
        first_name=name.first_name if name else None,
        last_name=name.last_name if name else None,
        locale=facts.locale,
    )
    return row.id if row is not None else None


def _order_row(shop_id: int, facts: OrderFacts, customer_id: int | None) -> dict[str, Any]:
    """Return the row; of somebody erased nothing that names them."""
    erased = customer_id is None and (facts.customer is not None or facts.email is not None)
    is_paid = facts.financial_status in {
        FinancialStatus.PAID,
        FinancialStatus.PARTIALLY_REFUNDED,
        FinancialStatus.REFUNDED,
    }
    ours = {"shop_id": shop_id, "shopify_id": facts.shopify_id, "customer_id": customer_id}
    return ours | {"paid_at": facts.placed_at if is_paid else None} | order_columns(facts, erased=erased)


def _line_row(shop_id: int, order_id: int, facts: LineFacts) -> dict[str, Any]:
    return {"shop_id": shop_id, "order_id": order_id, "shopify_id": facts.shopify_id} | line_columns(facts)


def _parcel_row(shop_id: int, order_id: int, facts: FulfillmentFacts, *, nobodys: bool) -> dict[str, Any]:
    at, source = _arrival(facts)
    return asdict(_counter(facts)) | {
        "shop_id": shop_id,
        "order_id": order_id,
        "shopify_id": facts.shopify_id,
        "status": str(facts.status),
        "shipment_status": str(facts.shipment_status) if facts.shipment_status else None,
        "tracking_company": facts.tracking_company,
        "tracking_number": None if nobodys else next(iter(facts.tracking_numbers), None),
        "tracking_url": None if nobodys else next(iter(facts.tracking_urls), None),
        "shipped_at": facts.created_at,
        "shopify_delivered_at": facts.delivered_at,
        "estimated_delivery_at": facts.estimated_delivery_at,
        "delivered_at": at,
        "delivered_source": str(source) if source else None,
        "cancelled_at": facts.updated_at if facts.status is FulfillmentStatus.CANCELLED else None,
        "source_updated_at": facts.updated_at,
    }


def _arrival(facts: FulfillmentFacts) -> tuple[datetime | None, DeliverySource | None]:
    """Return when a parcel arrived by its scalar dates alone; its scans come later and may say better."""
    if "carried" in facts.untold:
        return facts.created_at, DeliverySource.DIGITAL
    picked_up_at = _counter(facts).picked_up_at
    if facts.delivered_at is None and picked_up_at is not None:
        return picked_up_at, DeliverySource.MERCHANT
    return facts.delivered_at, DeliverySource.SHOPIFY if facts.delivered_at else None


def _counter(facts: FulfillmentFacts) -> Pickup:
    status = at_counter(facts.shipment_status, tracked=bool(facts.tracking_numbers))
    return shown(NONE, status, facts.updated_at)


def _events(
    shop_id: int, order_id: int, facts: OrderFacts, now: datetime, received_at: datetime
) -> list[dict[str, Any]]:
    """Return what happened and when, as far back as events are kept."""
    found: list[tuple[str, int, datetime, dict[str, str]]] = [("placed", 0, facts.placed_at, {})]
    if facts.financial_status is FinancialStatus.PAID:
        found.append(("paid", 0, facts.placed_at, {}))
    if facts.cancelled_at is not None:
        found.append(("cancelled", 0, facts.cancelled_at, {}))
    for parcel in facts.fulfillments:
        found.append(("shipped", parcel.shopify_id, parcel.created_at, {}))
        found += [(word, parcel.shopify_id, at, {}) for word, at in _counter(parcel).words]
        at, source = _arrival(parcel)
        if at is not None:
            found.append(("delivered", parcel.shopify_id, at, {"source": str(source)}))
    return [
        {
            "shop_id": shop_id, "order_id": order_id, "kind": kind, "subject_id": subject, "happened_at": at,
            "received_at": received_at, "source": IMPORT, "changed": changed,
        }
        for kind, subject, at, changed in found
        if at > now - EVENTS_KEPT
    ]  # fmt: skip
