"""Keep what is known about parcels: the fulfilment, its lines, and the carrier's scans."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.kit.clock import business_now
from app.kit.upsert import find_or_make
from app.orders.delivery import Scan, delivered
from app.orders.lanes.foresee import foresee
from app.orders.models import Order, OrderLine
from app.orders.nobodys import is_nobodys
from app.orders.parcels import Fulfillment, FulfillmentEvent, FulfillmentLine
from app.orders.record import history
from app.orders.record.told import RECONCILE, Told
from app.orders.unsent import note_unsent
from app.shopify.payloads.facts import FulfillmentEventFacts, FulfillmentFacts
from app.shopify.payloads.vocabulary import FulfillmentStatus

# What a carrier's scans are called in an order's history; "delivered" is derived from all that is known, not from one.
TOLD: Final = {
    "in_transit": "in_transit",
    "carrier_picked_up": "in_transit",
    "out_for_delivery": "out_for_delivery",
    "ready_for_pickup": "ready_for_pickup",
    "picked_up": "picked_up",
    "attempted_delivery": "failed_attempt",
    "delayed": "delayed_by_carrier",
}


def record_fulfillment(
    session: Session, order: Order, facts: FulfillmentFacts, lines: dict[int, int], told: Told
) -> Fulfillment:
    """Upsert a parcel and derive anew whether it has arrived. `lines` are our line ids by Shopify's."""
    parcel, made = find_or_make(
        session,
        Fulfillment,
        {"shop_id": order.shop_id, "shopify_id": facts.shopify_id},
        {
            "order_id": order.id,
            "status": facts.status,
            "shipped_at": facts.created_at,
            "source_updated_at": facts.updated_at,
        },
    )
    if made:
        history.append(session, order.id, "shipped", facts.created_at, told, subject_id=facts.shopify_id)
    nobodys = is_nobodys(session, order)
    if made or facts.updated_at >= parcel.source_updated_at:
        _describe(session, order, parcel, facts, told, nobodys=nobodys)
        _record_lines(session, parcel, facts, lines)
    for scan in facts.events:
        _keep_scan(session, parcel, scan, told, nobodys=nobodys)
    if "events" not in facts.untold | facts.truncated and told.source == RECONCILE:
        _delete_scans_not_in(session, parcel, {scan.shopify_id for scan in facts.events}, told)
    derive_delivered(session, order.id, parcel, told)
    note_unsent(session, order)
    return parcel


def record_scan(session: Session, parcel: Fulfillment, facts: FulfillmentEventFacts, told: Told) -> None:
    """Keep one carrier scan; a deleted one stays deleted, however late its copy arrives."""
    order = session.get_one(Order, (parcel.shop_id, parcel.order_id))
    _keep_scan(session, parcel, facts, told, nobodys=is_nobodys(session, order))
    derive_delivered(session, parcel.order_id, parcel, told)


def delete_scan(session: Session, parcel: Fulfillment, scan_shopify_id: int, told: Told) -> None:
    """Take a scan back; an arrival that rested on it is retracted."""
    row, made = find_or_make(
        session,
        FulfillmentEvent,
        {"shop_id": parcel.shop_id, "shopify_id": scan_shopify_id},
        {"fulfillment_id": parcel.id, "status": "deleted", "happened_at": told.at, "deleted_at": told.at},
    )
    if not made and row.deleted_at is None:
        row.deleted_at = told.at
    session.flush()
    derive_delivered(session, parcel.order_id, parcel, told)


def derive_delivered(session: Session, order_id: int, parcel: Fulfillment, told: Told) -> None:
    """Set `delivered_at` from everything known about the parcel, and append what changed."""
    session.flush()
    rows = session.scalars(
        select(FulfillmentEvent).where(
            FulfillmentEvent.shop_id == parcel.shop_id, FulfillmentEvent.fulfillment_id == parcel.id
        ),
    )
    scans = [Scan(row.status, row.happened_at, deleted=row.deleted_at is not None) for row in rows]
    found = delivered(
        scans,
        now=business_now(session),
        shopify_delivered_at=parcel.shopify_delivered_at,
        digital_since=None if _is_shipped(session, parcel) else parcel.shipped_at,
    )
    before = parcel.delivered_at
    parcel.delivered_at = found.at if found else None
    parcel.delivered_source = found.source if found else None
    if found and before != found.at:
        history.append(
            session, order_id, "delivered", found.at, told,
            subject_id=parcel.shopify_id, changed={"source": str(found.source)},
        )  # fmt: skip
    elif before is not None and found is None:
        history.append(session, order_id, "delivery_retracted", told.at, told, subject_id=parcel.shopify_id)
    foresee(session, session.get_one(Order, (parcel.shop_id, order_id)), parcel, scans)
    session.flush()


def _describe(
    session: Session, order: Order, parcel: Fulfillment, facts: FulfillmentFacts, told: Told, *, nobodys: bool
) -> None:
    parcel.status, parcel.shipment_status = facts.status, facts.shipment_status
    parcel.tracking_company = facts.tracking_company
    # The number leads to a name and an address at the carrier: an erased person's does not come back.
    parcel.tracking_number = None if nobodys else next(iter(facts.tracking_numbers), None)
    parcel.tracking_url = None if nobodys else next(iter(facts.tracking_urls), None)
    parcel.shipped_at = facts.created_at
    if "delivered_at" not in facts.untold:
        parcel.shopify_delivered_at = facts.delivered_at
    if "estimated_delivery_at" not in facts.untold:
        parcel.estimated_delivery_at = facts.estimated_delivery_at
    parcel.source_updated_at = facts.updated_at
    if facts.status is FulfillmentStatus.CANCELLED and parcel.cancelled_at is None:
        parcel.cancelled_at = facts.updated_at
        history.append(session, order.id, "parcel_cancelled", facts.updated_at, told, subject_id=facts.shopify_id)


def _record_lines(session: Session, parcel: Fulfillment, facts: FulfillmentFacts, lines: dict[int, int]) -> None:
    packed = {lines[shopify_id]: quantity for shopify_id, quantity in facts.lines if shopify_id in lines}
    if not packed:
        return
    rows = insert(FulfillmentLine).values(
        [
            {"shop_id": parcel.shop_id, "fulfillment_id": parcel.id, "order_line_id": line, "quantity": quantity}
            for line, quantity in packed.items()
        ]
    )
    session.execute(
        rows.on_conflict_do_update(
            index_elements=["shop_id", "fulfillment_id", "order_line_id"], set_={"quantity": rows.excluded.quantity}
        ),
    )


def _keep_scan(
    session: Session, parcel: Fulfillment, facts: FulfillmentEventFacts, told: Told, *, nobodys: bool
) -> None:
    row, made = find_or_make(
        session,
        FulfillmentEvent,
        {"shop_id": parcel.shop_id, "shopify_id": facts.shopify_id},
        {"fulfillment_id": parcel.id, "status": facts.status, "happened_at": facts.happened_at},
    )
    if row.deleted_at is not None and told.source == RECONCILE and told.at > row.deleted_at:
        row.status, row.happened_at, row.deleted_at = facts.status, facts.happened_at, None
    if made and row.status in TOLD:
        order_id, at = parcel.order_id, facts.happened_at
        history.append(session, order_id, TOLD[row.status], at, told, subject_id=parcel.shopify_id)
    if made:
        row.estimated_delivery_at, row.message = facts.estimated_delivery_at, None if nobodys else facts.message
        if facts.estimated_delivery_at is not None:
            parcel.estimated_delivery_at = facts.estimated_delivery_at


def _delete_scans_not_in(session: Session, parcel: Fulfillment, kept: set[int], told: Told) -> None:
    rows = session.scalars(
        select(FulfillmentEvent).where(
            FulfillmentEvent.shop_id == parcel.shop_id,
            FulfillmentEvent.fulfillment_id == parcel.id,
            FulfillmentEvent.deleted_at.is_(None),
        ),
    )
    for row in rows:
        if row.shopify_id not in kept:
            row.deleted_at = told.at


def _is_shipped(session: Session, parcel: Fulfillment) -> bool:
    """Tell whether anything in the parcel has to be carried."""
    shipped = session.scalars(
        select(OrderLine.requires_shipping)
        .join(
            FulfillmentLine,
            (FulfillmentLine.shop_id == OrderLine.shop_id) & (FulfillmentLine.order_line_id == OrderLine.id),
        )
        .where(FulfillmentLine.shop_id == parcel.shop_id, FulfillmentLine.fulfillment_id == parcel.id),
    ).all()
    return any(shipped) or not shipped
