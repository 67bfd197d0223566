"""Keep what is known about parcels: the fulfilment, its lines, and the carrier's scans."""

from __future__ import annotations

from typing import Final, TypeAlias

from sqlalchemy import BigInteger, bindparam, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.kit.clock import business_now
from app.kit.question import SHOP, Question, ask
from app.kit.upsert import find_or_make
from app.orders.delivery import Scan, delivered
from app.orders.lanes.foresee import foresee
from app.orders.models import Order, OrderLine
from app.orders.nobodys import is_nobodys
from app.orders.parcels import Fulfillment, FulfillmentEvent, FulfillmentLine
from app.orders.record import history
from app.orders.record.told import RECONCILE, Told
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

PACKED: Final = Question(
    select(FulfillmentLine.order_line_id, FulfillmentLine.quantity, OrderLine.requires_shipping)
    .join(
        OrderLine,
        (FulfillmentLine.shop_id == OrderLine.shop_id) & (FulfillmentLine.order_line_id == OrderLine.id),
    )
    .where(FulfillmentLine.shop_id == SHOP, FulfillmentLine.fulfillment_id == bindparam("parcel", type_=BigInteger))
)

Scans: TypeAlias = dict[int, FulfillmentEvent]
Packed: TypeAlias = dict[int, tuple[int, bool]]


def record_fulfillment(
    session: Session, order: Order, facts: FulfillmentFacts, lines: dict[int, int], told: Told
) -> Fulfillment:
    """Upsert a parcel and derive anew whether it has arrived. `lines` are our line ids by Shopify's.

    Whoever calls it notes anew whether anything of the order was sent (`note_unsent`), once for all its parcels.
    """
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
    packed = {} if made else _packed(session, parcel)
    if made or facts.updated_at >= parcel.source_updated_at:
        _describe(session, order, parcel, facts, told, nobodys=nobodys)
        if _record_lines(session, parcel, facts, lines, packed):
            packed = _packed(session, parcel)
    scans = {} if made else _scans(session, parcel)
    for scan in facts.events:
        row = _keep_scan(session, parcel, scan, told, scans, nobodys=nobodys)
        scans[row.shopify_id] = row
    if "events" not in facts.untold | facts.truncated and told.source == RECONCILE:
        _delete_scans_not_in(scans, {scan.shopify_id for scan in facts.events}, told)
    _derive(session, order, parcel, scans, told, is_shipped=_is_shipped(packed))
    return parcel


def record_scan(session: Session, parcel: Fulfillment, facts: FulfillmentEventFacts, told: Told) -> None:
    """Keep one carrier scan; a deleted one stays deleted, however late its copy arrives."""
    order = session.get_one(Order, (parcel.shop_id, parcel.order_id))
    scans = _scans(session, parcel)
    row = _keep_scan(session, parcel, facts, told, scans, nobodys=is_nobodys(session, order))
    scans[row.shopify_id] = row
    _derive(session, order, parcel, scans, told, is_shipped=_is_shipped(_packed(session, parcel)))


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
    order = session.get_one(Order, (parcel.shop_id, order_id))
    is_shipped = _is_shipped(_packed(session, parcel))
    _derive(session, order, parcel, _scans(session, parcel), told, is_shipped=is_shipped)


def _derive(session: Session, order: Order, parcel: Fulfillment, rows: Scans, told: Told, *, is_shipped: bool) -> None:
    of_it = [row for row in rows.values() if row.fulfillment_id == parcel.id]
    scans = [Scan(row.status, row.happened_at, deleted=row.deleted_at is not None) for row in of_it]
    found = delivered(
        scans,
        now=business_now(session),
        shopify_delivered_at=parcel.shopify_delivered_at,
        digital_since=None if is_shipped else parcel.shipped_at,
    )
    before = parcel.delivered_at
    parcel.delivered_at = found.at if found else None
    parcel.delivered_source = found.source if found else None
    if found and before != found.at:
        history.append(
            session, order.id, "delivered", found.at, told,
            subject_id=parcel.shopify_id, changed={"source": str(found.source)},
        )  # fmt: skip
    elif before is not None and found is None:
        history.append(session, order.id, "delivery_retracted", told.at, told, subject_id=parcel.shopify_id)
    foresee(session, order, parcel, scans)
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


def _record_lines(
    session: Session, parcel: Fulfillment, facts: FulfillmentFacts, lines: dict[int, int], packed: Packed
) -> bool:
    """Write how many of which lines are in a parcel; return False where all of it is known already."""
    told = {lines[shopify_id]: quantity for shopify_id, quantity in facts.lines if shopify_id in lines}
    new = {line: quantity for line, quantity in told.items() if line not in packed or packed[line][0] != quantity}
    if not new:
        return False
    rows = insert(FulfillmentLine).values(
        [
            {"shop_id": parcel.shop_id, "fulfillment_id": parcel.id, "order_line_id": line, "quantity": quantity}
            for line, quantity in new.items()
        ]
    )
    session.execute(
        rows.on_conflict_do_update(
            index_elements=["shop_id", "fulfillment_id", "order_line_id"], set_={"quantity": rows.excluded.quantity}
        ),
    )
    return True


def _keep_scan(
    session: Session, parcel: Fulfillment, facts: FulfillmentEventFacts, told: Told, scans: Scans, *, nobodys: bool
) -> FulfillmentEvent:
    row, made = scans.get(facts.shopify_id), False
    if row is None:
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
    return row


def _delete_scans_not_in(scans: Scans, kept: set[int], told: Told) -> None:
    for row in scans.values():
        if row.deleted_at is None and row.shopify_id not in kept:
            row.deleted_at = told.at


def _scans(session: Session, parcel: Fulfillment) -> Scans:
    """Return all that carriers said of a parcel, by Shopify's id. Whoever changes any of it holds the order's lock."""
    rows = session.scalars(
        select(FulfillmentEvent)
        .where(FulfillmentEvent.shop_id == parcel.shop_id, FulfillmentEvent.fulfillment_id == parcel.id)
        .execution_options(populate_existing=True)
    )
    return {row.shopify_id: row for row in rows}


def _packed(session: Session, parcel: Fulfillment) -> Packed:
    """Return what is in a parcel: how many of each line (by our id), and whether it has to be carried."""
    (rows,) = ask(session, (PACKED, {"parcel": parcel.id}))
    return {line: (quantity, is_carried) for line, quantity, is_carried in rows}


def _is_shipped(packed: Packed) -> bool:
    """Tell whether anything in the parcel has to be carried."""
    return any(is_carried for _, is_carried in packed.values()) or not packed
