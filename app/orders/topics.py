"""What each order topic means. A body is believed only about an order this shop is known to have.

The shop header of a webhook is not signed, so a genuine body could be replayed under another shop's name. An order we
do not know yet is therefore fetched with that shop's own token; what the shop does not have is parked.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from sqlalchemy import BigInteger, bindparam, select
from sqlalchemy.orm import Session

from app.kit.events import emit
from app.kit.rows.question import SHOP, Question
from app.kit.rows.tracked import load
from app.kit.rows.upsert import by_key, find
from app.kit.work import entered_shop
from app.orders import fetch
from app.orders.arrival.unsent import note_unsent
from app.orders.buyers.nobodys import is_nobodys
from app.orders.locked import note_locked
from app.orders.models import Order
from app.orders.parcels import Fulfillment
from app.orders.record import history
from app.orders.record import parcel as record_parcel
from app.orders.record import reversal as record_reversal
from app.orders.record.order import line_ids, record_order
from app.orders.record.told import WEBHOOK, OrderChanged, Told
from app.orders.record.undecided import may_hide_pickup, order_is_undecided, parcels_are_undecided, scan_is_undecided
from app.orders.reversals import ReturnCase
from app.shopify.payloads import webhook_orders, webhook_people
from app.shopify.payloads.vocabulary import ReturnStatus
from app.shopify.webhooks.apply import Delivery, told_at
from app.shopify.webhooks.settle import spend_body

ORDER: Final = by_key(Order, ("shop_id", "shopify_id"))
ORDER_OF_PARCEL: Final = Question(
    select(Order)
    .join(Fulfillment, (Fulfillment.shop_id == Order.shop_id) & (Fulfillment.order_id == Order.id))
    .where(Fulfillment.shop_id == SHOP, Fulfillment.shopify_id == bindparam("shopify_id", type_=BigInteger))
    .with_for_update(of=Order)
)


def order_told(session: Session, delivery: Delivery) -> None:
    """Apply orders/create, paid, updated and cancelled: each carries the whole order."""
    facts = webhook_orders.order(delivery.body)
    order = _order(session, facts.shopify_id)
    if order is None:
        paid_at = facts.updated_at if delivery.topic == "orders/paid" else None
        order = fetch.fetch_order(session, facts.shopify_id, paid_at=paid_at)
    elif not (
        order_is_undecided(session, order, facts) and fetch.ask_for_order(session, facts.shopify_id, prompted=True)
    ):
        record_order(session, facts, _told(session, delivery))
    _spend_body(session, order)


def order_edited(session: Session, delivery: Delivery) -> None:
    """Apply orders/edited: it names the order; what it is now has to be fetched."""
    fetch.fetch_order(session, webhook_orders.order_edit(delivery.body).order_shopify_id)


def order_deleted(session: Session, delivery: Delivery) -> None:
    """Apply orders/delete: the order is gone at the shop, and nothing more is said about it."""
    order = _order(session, webhook_people.deleted_id(delivery.body))
    if order is None or order.deleted_at is not None:
        return
    if fetch.exists(session, order.shopify_id):
        return  # a body that names somebody else's order, or one replayed: the shop still has it
    mark_deleted(session, order, _told(session, delivery))


def mark_deleted(session: Session, order: Order, told: Told) -> None:
    """Record that the shop no longer has an order."""
    order.deleted_at = told.at
    history.append(session, order.id, "deleted", told.at, told)
    session.flush()
    emit(session, OrderChanged(order.id))


def fulfillment_told(session: Session, delivery: Delivery) -> None:
    """Apply fulfillments/create and update."""
    facts = webhook_orders.fulfillment(delivery.body)

    def apply(order: Order, told: Told) -> None:
        if parcels_are_undecided(session, [facts]) and fetch.ask_for_order(session, order.shopify_id, prompted=True):
            return
        if may_hide_pickup(session, order, facts):
            fetch.ask_for_order(session, order.shopify_id, prompted=True)
        parcel = record_parcel.record_fulfillment(session, order, facts, line_ids(session, order.id), told)
        note_unsent(session, order, [parcel])

    _apply_to_order(session, delivery, facts.order_shopify_id, apply)


def fulfillment_event_told(session: Session, delivery: Delivery) -> None:
    """Apply fulfillment_events/create: one carrier scan."""
    facts = webhook_orders.fulfillment_event(delivery.body)
    parcel = _parcel(session, facts.fulfillment_shopify_id)
    if parcel is None:
        _spend_body(session, fetch.fetch_order(session, facts.order_shopify_id))
        return
    if scan_is_undecided(session, parcel, facts) and fetch.ask_for_order(
        session, facts.order_shopify_id, prompted=True
    ):
        return
    record_parcel.record_scan(session, parcel, facts, _told(session, delivery))
    _spend_body(session, session.get_one(Order, (parcel.shop_id, parcel.order_id)))
    emit(session, OrderChanged(parcel.order_id))


def fulfillment_event_deleted(session: Session, delivery: Delivery) -> None:
    """Apply fulfillment_events/delete: a scan was taken back, and with it whatever rested on it."""
    facts = webhook_orders.fulfillment_event(delivery.body)
    parcel = _parcel(session, facts.fulfillment_shopify_id)
    if parcel is None:
        fetch.fetch_order(session, facts.order_shopify_id)
        parcel = _parcel(session, facts.fulfillment_shopify_id)
    if parcel is None:
        return
    # Also where it was never heard of: its create may still be on the way.
    record_parcel.delete_scan(session, parcel, facts.shopify_id, _told(session, delivery))
    emit(session, OrderChanged(parcel.order_id))


def refund_told(session: Session, delivery: Delivery) -> None:
    """Apply refunds/create. The lines' quantities are the order's to say: orders/updated follows, or reconciliation."""
    facts = webhook_orders.refund(delivery.body)

    def apply(order: Order, told: Told) -> None:
        record_reversal.record_refund(session, order, facts, line_ids(session, order.id), told)

    _apply_to_order(session, delivery, facts.order_shopify_id, apply)


def return_told(session: Session, delivery: Delivery) -> None:
    """Apply returns/request, approve, decline, cancel, close and reopen: each carries the state it led to.

    What came back counts once a return is closed, and that body does not say it: the shop is asked.
    """
    facts = webhook_orders.return_case(delivery.body)

    def apply(order: Order, told: Told) -> None:
        if facts.status is ReturnStatus.CLOSED and fetch.ask_for_return(session, order, facts.shopify_id):
            return
        record_reversal.record_return(session, order, facts, line_ids(session, order.id), told)

    _apply_to_order(session, delivery, facts.order_shopify_id, apply)


def return_changed(session: Session, delivery: Delivery) -> None:
    """Apply returns/process and update, which say little more than which return it is: the shop is asked.

    A processed return may have added lines of an exchange to its order, so the order is read whole.
    """
    shopify_id = webhook_orders.return_named(delivery.body)
    if shopify_id is None:
        return
    known = select(Order.shopify_id).join(
        ReturnCase, (ReturnCase.shop_id == Order.shop_id) & (ReturnCase.order_id == Order.id)
    )
    of_known = known.where(Order.shop_id == entered_shop(session), ReturnCase.shopify_id == shopify_id)
    asked = session.scalar(of_known) or fetch.order_of_return(session, shopify_id)
    if asked is not None:
        fetch.fetch_order(session, asked)


def _apply_to_order(
    session: Session, delivery: Delivery, order_shopify_id: int, apply: Callable[[Order, Told], None]
) -> None:
    order = _order(session, order_shopify_id)
    if order is None:
        _spend_body(session, fetch.fetch_order(session, order_shopify_id))
        return
    apply(order, _told(session, delivery))
    session.flush()
    _spend_body(session, order)
    emit(session, OrderChanged(order.id))


def _spend_body(session: Session, order: Order) -> None:
    """Keep no body that may name an erased person: it came late, or about an order placed since."""
    if is_nobodys(session, order):
        spend_body(session)


def _told(session: Session, delivery: Delivery) -> Told:
    return Told(WEBHOOK, told_at(session, delivery), delivery.received_at)


def _order(session: Session, shopify_id: int) -> Order | None:
    return _locked(session, ORDER, shopify_id)


def _locked(session: Session, which: Question, shopify_id: int) -> Order | None:
    named = {"shop_id": entered_shop(session), "shopify_id": shopify_id}
    order = next(iter(load(session, Order, (which, named))), None)
    if order is not None:
        note_locked(session, order)
    return order


def _parcel(session: Session, shopify_id: int) -> Fulfillment | None:
    """Return a parcel, locked after its order: every handler takes the order first, or two of them would deadlock."""
    if _locked(session, ORDER_OF_PARCEL, shopify_id) is None:
        return None
    return find(session, Fulfillment, {"shop_id": entered_shop(session), "shopify_id": shopify_id})
