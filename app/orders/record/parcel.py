"""Keep what is known about parcels: the fulfilment, its lines, and the carrier's scans."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final, NamedTuple, TypeAlias

from sqlalchemy import BigInteger, bindparam, select
from sqlalchemy.orm import Session

from app.kit.clock import business_now
from app.kit.rows.insert_rows import insert_rows
from app.kit.rows.one_trip import one_trip
from app.kit.rows.question import SHOP, Question, ask
from app.kit.rows.upsert import change, find_or_make
from app.orders.arrival.delivery import Scan, delivered
from app.orders.arrival.pickup import NONE, PICKUPS, Pickup, at_counter, shown, shown_before
from app.orders.buyers.nobodys import is_nobodys
from app.orders.lanes.foresee import foresee
from app.orders.models import Order, OrderLine
from app.orders.parcels import Fulfillment, FulfillmentEvent, FulfillmentLine, pickup
from app.orders.record import history
from app.orders.record.told import RECONCILE, Told
from app.shopify.payloads.facts import FulfillmentEventFacts, FulfillmentFacts
from app.shopify.payloads.vocabulary import FulfillmentStatus, ShipmentStatus

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

PARCEL: Final = bindparam("parcel", type_=BigInteger)
PACKED: Final = Question(
    select(FulfillmentLine.order_line_id, FulfillmentLine.quantity, OrderLine.requires_shipping)
    .join(
        OrderLine,
        (FulfillmentLine.shop_id == OrderLine.shop_id) & (FulfillmentLine.order_line_id == OrderLine.id),
    )
    .where(FulfillmentLine.shop_id == SHOP, FulfillmentLine.fulfillment_id == PARCEL)
)
SCANS: Final = Question(
    select(
        FulfillmentEvent.shopify_id,
        FulfillmentEvent.status,
        FulfillmentEvent.happened_at,
        FulfillmentEvent.deleted_at,
        FulfillmentEvent.estimated_delivery_at,
    ).where(FulfillmentEvent.shop_id == SHOP, FulfillmentEvent.fulfillment_id == PARCEL)
)
PACK: Final = """
with told as (
    insert into fulfillment_line (shop_id, fulfillment_id, order_line_id, quantity)
    select %(shop)s, %(parcel)s, * from unnest(%(lines)s::bigint[], %(quantities)s::int[])
    on conflict (shop_id, fulfillment_id, order_line_id) do update set quantity = excluded.quantity
    returning order_line_id, quantity)
select t.order_line_id, t.quantity, l.requires_shipping
from told t join order_line l on l.shop_id = %(shop)s and l.id = t.order_line_id"""
# A scan that is known to be another parcel's stays there.
KEEP_SCANS: Final = """
on conflict (shop_id, shopify_id) do update
set status = excluded.status, happened_at = excluded.happened_at, deleted_at = excluded.deleted_at
where fulfillment_event.fulfillment_id = excluded.fulfillment_id
returning shopify_id"""

Packed: TypeAlias = dict[int, tuple[int, bool]]  # by our id of the line: how many, and whether it has to be carried


class Seen(NamedTuple):
    """Hold what is kept of one scan."""

    status: str
    happened_at: datetime
    deleted_at: datetime | None = None
    estimated_delivery_at: datetime | None = None


Scans: TypeAlias = dict[int, Seen]  # by Shopify's id


def record_fulfillment(
    session: Session, order: Order, facts: FulfillmentFacts, lines: dict[int, int], told: Told
) -> Fulfillment:
    """Upsert a parcel and derive anew whether it has arrived. `lines` are our line ids by Shopify's.

    Whoever calls it notes anew whether anything of the order was sent (`note_unsent`), once for all its parcels.
    """
    nobodys = is_nobodys(session, order)
    described = _described(facts, nobodys=nobodys)
    key = {"shop_id": order.shop_id, "shopify_id": facts.shopify_id}
    parcel, made = find_or_make(session, Fulfillment, key, {"order_id": order.id} | described)
    packed, scans = ({}, {}) if made else _contents(session, parcel)
    before, said = NONE if made else pickup(parcel), facts.shipment_status
    if made:
        history.append(session, order.id, "shipped", facts.created_at, told, subject_id=facts.shopify_id)
    if made or facts.updated_at >= parcel.source_updated_at:
        if "pickup" in facts.untold and parcel.shipment_status in PICKUPS:  # a body that has no word for it
            said = described["shipment_status"] = ShipmentStatus(parcel.shipment_status)
        status = at_counter(said, tracked=bool(facts.tracking_numbers))
        change(parcel, described | asdict(shown(before, status, facts.updated_at)))
        if facts.status is FulfillmentStatus.CANCELLED and parcel.cancelled_at is None:
            parcel.cancelled_at = facts.updated_at
            history.append(session, order.id, "parcel_cancelled", facts.updated_at, told, subject_id=facts.shopify_id)
        packed = _pack(session, parcel, facts, lines, packed)
    else:
        status = at_counter(said, tracked=bool(facts.tracking_numbers))
        change(parcel, asdict(shown_before(before, parcel.shipment_status, status, facts.updated_at)))
    # A reconciliation that was told all scans knows which were taken back.
    whole = "events" not in facts.untold | facts.truncated and told.source == RECONCILE
    scans = _keep_scans(session, parcel, facts.events, told, scans, nobodys=nobodys, whole=whole)
    _note_pickup(session, parcel, before, scans, told)
    _derive(session, order, parcel, scans, told, is_shipped=_is_shipped(packed))
    return parcel


def record_scan(session: Session, parcel: Fulfillment, facts: FulfillmentEventFacts, told: Told) -> None:
    """Keep one carrier scan; a deleted one stays deleted, however late its copy arrives."""
    order = session.get_one(Order, (parcel.shop_id, parcel.order_id))
    packed, scans = _contents(session, parcel)
    scans = _keep_scans(session, parcel, [facts], told, scans, nobodys=is_nobodys(session, order))
    _derive(session, order, parcel, scans, told, is_shipped=_is_shipped(packed))


def delete_scan(session: Session, parcel: Fulfillment, scan_shopify_id: int, told: Told) -> None:
    """Take a scan back, also one never heard of; an arrival that rested on it is retracted."""
    _, scans = _contents(session, parcel)
    seen = scans.get(scan_shopify_id, Seen("deleted", told.at))
    if seen.deleted_at is None:
        _write_scans(session, parcel, {scan_shopify_id: seen._replace(deleted_at=told.at)._asdict()})
    derive_delivered(session, parcel.order_id, parcel, told)


def derive_delivered(session: Session, order_id: int, parcel: Fulfillment, told: Told) -> None:
    """Set `delivered_at` from everything known about the parcel, and append what changed."""
    order = session.get_one(Order, (parcel.shop_id, order_id))
    packed, scans = _contents(session, parcel)
    _derive(session, order, parcel, scans, told, is_shipped=_is_shipped(packed))


def _derive(session: Session, order: Order, parcel: Fulfillment, seen: Scans, told: Told, *, is_shipped: bool) -> None:
    scans = [Scan(each.status, each.happened_at, deleted=each.deleted_at is not None) for each in seen.values()]
    found = delivered(
        scans,
        now=business_now(session),
        shopify_delivered_at=parcel.shopify_delivered_at,
        merchant_delivered_at=parcel.picked_up_at,  # pressed at the shop's own counter; Shopify passes it on
        digital_since=None if is_shipped else parcel.shipped_at,
    )
    before = parcel.delivered_at
    at, source = (found.at, found.source) if found else (None, None)
    change(parcel, {"delivered_at": at, "delivered_source": source})
    if at is not None and before != at:
        history.append(
            session, order.id, "delivered", at, told, subject_id=parcel.shopify_id, changed={"source": str(source)}
        )
    elif before is not None and at is None:
        history.append(session, order.id, "delivery_retracted", told.at, told, subject_id=parcel.shopify_id)
    foresee(session, order, parcel, scans)


def _note_pickup(session: Session, parcel: Fulfillment, before: Pickup, scans: Scans, told: Told) -> None:
    """Append what the shop itself shows anew, unless a scan has said it."""
    scanned = {seen.status for seen in scans.values() if seen.deleted_at is None}
    for word, at in pickup(parcel).words:
        if (word, at) not in before.words and word not in scanned:
            history.append(session, parcel.order_id, TOLD[word], at, told, subject_id=parcel.shopify_id)


def _described(facts: FulfillmentFacts, *, nobodys: bool) -> dict[str, Any]:
    """Return what is told of a parcel by the names of its columns."""
    described = {
        "status": facts.status,
        "shipment_status": facts.shipment_status,
        "tracking_company": facts.tracking_company,
        # The number leads to a name and an address at the carrier: an erased person's does not come back.
        "tracking_number": None if nobodys else next(iter(facts.tracking_numbers), None),
        "tracking_url": None if nobodys else next(iter(facts.tracking_urls), None),
        "shipped_at": facts.created_at,
        "shopify_delivered_at": facts.delivered_at,
        "estimated_delivery_at": facts.estimated_delivery_at,
        "source_updated_at": facts.updated_at,
    }
    for name, column in (("delivered_at", "shopify_delivered_at"), ("estimated_delivery_at", "estimated_delivery_at")):
        if name in facts.untold:
            del described[column]
    return described


def _pack(
    session: Session, parcel: Fulfillment, facts: FulfillmentFacts, lines: dict[int, int], packed: Packed
) -> Packed:
    """Write how many of which lines are in a parcel, where that is new; return all that is in it."""
    told = {lines[shopify_id]: quantity for shopify_id, quantity in facts.lines if shopify_id in lines}
    new = {line: quantity for line, quantity in told.items() if line not in packed or packed[line][0] != quantity}
    if not new:
        return packed
    what = {"shop": parcel.shop_id, "parcel": parcel.id, "lines": list(new), "quantities": list(new.values())}
    (rows,) = one_trip(session, [(PACK, what)])
    return packed | {line: (quantity, is_carried) for line, quantity, is_carried in rows}


def _keep_scans(
    session: Session,
    parcel: Fulfillment,
    told_of: Sequence[FulfillmentEventFacts],
    told: Told,
    scans: Scans,
    *,
    nobodys: bool,
    whole: bool = False,
) -> Scans:
    """Write the scans that are new, are back or, where all were told, are gone; return all."""
    rows: dict[int, dict[str, Any]] = {}
    for facts in told_of:
        seen = scans.get(facts.shopify_id)
        back = seen is not None and seen.deleted_at and told.source == RECONCILE and told.at > seen.deleted_at
        if seen is None or back:
            new = Seen(facts.status, facts.happened_at, estimated_delivery_at=facts.estimated_delivery_at)
            rows[facts.shopify_id] = new._asdict() | {"message": None if nobodys else facts.message}
    kept = {facts.shopify_id for facts in told_of}
    for shopify_id, seen in scans.items():
        if whole and seen.deleted_at is None and shopify_id not in kept:
            rows[shopify_id] = seen._replace(deleted_at=told.at)._asdict()
    written = _write_scans(session, parcel, rows)
    for shopify_id, row in written.items():
        if shopify_id in scans:
            continue
        if row["status"] in TOLD:
            kind, at = TOLD[row["status"]], row["happened_at"]
            history.append(session, parcel.order_id, kind, at, told, subject_id=parcel.shopify_id)
    known = scans | {shopify_id: Seen(*(row[name] for name in Seen._fields)) for shopify_id, row in written.items()}
    if any(row["estimated_delivery_at"] is not None for row in written.values()):
        parcel.estimated_delivery_at = _last_estimate(known)
    return known


def _last_estimate(scans: Scans) -> datetime | None:
    """Return when the carrier last said that it comes: of two scans the later one knows, whichever is heard first."""
    told = [seen for seen in scans.values() if seen.estimated_delivery_at is not None and seen.deleted_at is None]
    return max(told, key=lambda seen: seen.happened_at).estimated_delivery_at if told else None


def _write_scans(session: Session, parcel: Fulfillment, rows: dict[int, dict[str, Any]]) -> dict[int, dict[str, Any]]:
    """Insert or change scans by Shopify's id; return them without those that are another parcel's."""
    if not rows:
        return {}
    blank = {"shop_id": parcel.shop_id, "fulfillment_id": parcel.id, "estimated_delivery_at": None, "message": None}
    whole = [blank | {"shopify_id": shopify_id} | row for shopify_id, row in rows.items()]
    (written,) = one_trip(session, [insert_rows(FulfillmentEvent, whole, KEEP_SCANS)])
    ours = {shopify_id for (shopify_id,) in written}
    return {shopify_id: row for shopify_id, row in rows.items() if shopify_id in ours}


def _contents(session: Session, parcel: Fulfillment) -> tuple[Packed, Scans]:
    """Return what is in a parcel and all that carriers said of it. Whoever changes any of it holds the order's lock."""
    which = {"parcel": parcel.id}
    packed, scans = ask(session, (PACKED, which), (SCANS, which))
    return (
        {line: (quantity, is_carried) for line, quantity, is_carried in packed},
        {shopify_id: Seen(*seen) for shopify_id, *seen in scans},
    )


def _is_shipped(packed: Packed) -> bool:
    """Tell whether anything in the parcel has to be carried."""
    return any(is_carried for _, is_carried in packed.values()) or not packed
