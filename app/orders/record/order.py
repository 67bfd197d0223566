"""Keep what Shopify says about an order: idempotent, and never overwritten by something older."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import BigInteger, bindparam, select
from sqlalchemy.orm import Session

from app.customers import identify
from app.customers.ledger import Source
from app.customers.models import Customer
from app.customers.topics import state_customer_consent
from app.kit.events import emit
from app.kit.rows.insert_rows import insert_rows
from app.kit.rows.one_trip import one_trip
from app.kit.rows.question import SHOP, Question, ask
from app.kit.rows.upsert import change, find_or_make
from app.kit.work import entered_shop
from app.orders.arrival.unsent import note_unsent
from app.orders.locked import locked, note_locked
from app.orders.models import Order, OrderLine
from app.orders.record import history
from app.orders.record import parcel as record_parcel
from app.orders.record import reversal as record_reversal
from app.orders.record.described import line_columns, order_columns
from app.orders.record.told import RECONCILE, BuyerChanged, OrderChanged, Told
from app.shopify.payloads.facts import LineFacts, OrderFacts
from app.shopify.payloads.vocabulary import FinancialStatus

LINE_IDS: Final = Question(
    select(OrderLine.shopify_id, OrderLine.id).where(
        OrderLine.shop_id == SHOP, OrderLine.order_id == bindparam("order", type_=BigInteger)
    )
)

LINES: Final = Question(
    select(OrderLine).where(OrderLine.shop_id == SHOP, OrderLine.order_id == bindparam("order", type_=BigInteger))
)
UNTOLD: Final = frozenset({"locale", "note", "email", "status_url"})  # columns a kind of message may not carry
PLACE: Final = frozenset({"country", "province", "zip", "recipient_name"})
TOLD: Final = (
    *("product_shopify_id", "variant_shopify_id", "title", "variant_title", "sku"),
    *("quantity", "current_quantity", "requires_shipping", "is_gift_card", "price"),
)
KEEP_LINES: Final = f"""
on conflict (shop_id, shopify_id) do update set {", ".join(f"{name} = excluded.{name}" for name in TOLD)}
where order_line.order_id = excluded.order_id
returning shopify_id, id"""


def record_order(session: Session, facts: OrderFacts, told: Told) -> Order:
    """Upsert the order with its lines, parcels, refunds and returns, and tell whoever plans by it."""
    order, made = _order(session, facts)
    if made:
        history.append(session, order.id, "placed", facts.placed_at, told)
    if made or facts.updated_at >= order.source_updated_at:
        _describe(session, order, facts, told, paid_at=_paid_at(facts, told, made=made))
        lines = _record_lines(session, order, facts.lines)
        session.flush()
    else:
        lines = line_ids(session, order.id)
    for refund in facts.refunds:
        record_reversal.record_refund(session, order, refund, lines, told)
    parcels = [record_parcel.record_fulfillment(session, order, each, lines, told) for each in facts.fulfillments]
    for case in facts.returns:
        record_reversal.record_return(session, order, case, lines, told)
    note_unsent(session, order, parcels)
    emit(session, OrderChanged(order.id))
    return order


def line_ids(session: Session, order_id: int) -> dict[int, int]:
    """Return our line ids by Shopify's, for one order."""
    (rows,) = ask(session, (LINE_IDS, {"order": order_id}))
    return {row.shopify_id: row.id for row in rows}


def _order(session: Session, facts: OrderFacts) -> tuple[Order, bool]:
    """Return the order, locked, and whether it was made now."""
    order = locked(session, facts.shopify_id)
    if order is not None:
        return order, False
    order, made = find_or_make(
        session,
        Order,
        {"shop_id": entered_shop(session), "shopify_id": facts.shopify_id},
        {
            "name": facts.name,
            "currency": facts.total.currency,
            "total": facts.total.amount,
            "placed_at": facts.placed_at,
            "source_updated_at": facts.updated_at,
        },
    )
    note_locked(session, order)
    return order, made


def _paid_at(facts: OrderFacts, told: Told, *, made: bool) -> datetime:
    """Return when an order that is paid was, if not before.

    Of a known one this change is what paid it. One we see for the first time may have been changed long after that:
    unless a webhook was sent for the payment, it counts from when it was placed, as in what is read of the past.
    """
    return (told.paid_at or facts.placed_at) if made else facts.updated_at


def _describe(session: Session, order: Order, facts: OrderFacts, told: Told, *, paid_at: datetime) -> None:
    kept = facts.untold | facts.withheld
    before = {name: getattr(order, name) for name in ("financial_status", "cancelled_at")}
    customer, buyer_before = _customer(session, facts, told), order.customer_id
    erased = customer is None and (facts.customer is not None or facts.email is not None)
    described = order_columns(facts, erased=erased) | {
        "customer_id": customer.id if customer is not None else buyer_before
    }
    for name in ("email", "status_url", "service"):  # what is not told now may have been told before
        if not erased or name == "service":
            described[name] = described[name] or getattr(order, name)
    if "email" in facts.untold:
        described["email_withheld"] = order.email_withheld
    absent = kept & UNTOLD
    if facts.destination is None or "destination" in kept:
        absent |= PLACE
    described = {name: value for name, value in described.items() if name not in absent}
    if facts.financial_status is FinancialStatus.PAID and order.paid_at is None:
        described["paid_at"] = paid_at
    change(order, described)
    if buyer_before not in {None, order.customer_id} and told.source == RECONCILE:
        session.flush()
        emit(session, BuyerChanged(order.id, buyer_before or 0))
    _append_changes(session, order, before, facts, told, paid_at=paid_at)


def _append_changes(
    session: Session, order: Order, before: dict[str, object], facts: OrderFacts, told: Told, *, paid_at: datetime
) -> None:
    if before["financial_status"] != facts.financial_status:
        changed = {"from": before["financial_status"], "to": str(facts.financial_status)}
        is_paid = facts.financial_status is FinancialStatus.PAID
        kind, at = ("paid", paid_at) if is_paid else ("payment_changed", facts.updated_at)
        history.append(session, order.id, kind, at, told, changed=changed)
    if facts.cancelled_at is not None and before["cancelled_at"] is None:
        history.append(session, order.id, "cancelled", facts.cancelled_at, told)


def _customer(session: Session, facts: OrderFacts, told: Told) -> Customer | None:
    if facts.customer is not None:
        customer = identify.record_customer(session, facts.customer, seen_at=facts.updated_at)
        if customer is None:
            return None
        if customer.locale is None and facts.locale is not None:
            customer.locale = facts.locale
        state_customer_consent(
            session,
            facts.customer,
            received_at=told.received_at,
            seen_at=facts.created_at,
            source=Source.SHOPIFY_ORDER,
        )
        return customer
    if facts.email is None:
        return None
    name = facts.destination
    return identify.record_guest(
        session,
        facts.email,
        first_name=name.first_name if name else None,
        last_name=name.last_name if name else None,
        locale=facts.locale,
    )


def _record_lines(session: Session, order: Order, lines: tuple[LineFacts, ...]) -> dict[int, int]:
    """Write the lines that are new or other than they were; return our ids of all by Shopify's."""
    (rows,) = ask(session, (LINES, {"order": order.id}))
    known = {row.shopify_id: row for row in rows}
    ids = {row.shopify_id: row.id for row in rows}
    new = []
    for shopify_id, facts in {facts.shopify_id: facts for facts in lines}.items():
        before = known.get(shopify_id)
        line = _line(facts, before)
        if before is None or any(getattr(before, name) != value for name, value in line.items()):
            new.append({"shop_id": order.shop_id, "order_id": order.id, "shopify_id": shopify_id} | line)
    if new:
        (made,) = one_trip(session, [insert_rows(OrderLine, new, KEEP_LINES)])
        ids.update(made)
    return ids


def _line(facts: LineFacts, known: Any) -> dict[str, Any]:
    """Return what is told of a line by the names of its columns; `known` is its row, None where there is none yet."""
    described = line_columns(facts)
    if known is not None:  # the Admin API forgets a deleted product; we still know what the line was of
        for name in ("product_shopify_id", "variant_shopify_id"):
            described[name] = described[name] or getattr(known, name)
    return described
