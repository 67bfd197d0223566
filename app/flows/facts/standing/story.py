"""Read the stories of orders: what has happened to each, by what its rows say now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.flows.language.happenings import Event
from app.flows.runs.triggers import UNPAID, ParcelStory, Story
from app.kit.rows.among import among
from app.kit.work import entered_shop
from app.orders.models import Order, OrderEvent
from app.orders.parcels import Fulfillment, FulfillmentEvent, pickup
from app.orders.reversals import Refund, ReturnCase
from app.reviews.models import Review
from app.reviews.states import ReviewState
from app.shopify.payloads.vocabulary import ReturnStatus

PLAIN: Final = frozenset({Event.PLACED, Event.SHIPPED, Event.DELIVERED, Event.PAID, Event.CANCELLED})
DELAYED: Final = "delayed"  # the order_event that our own watcher leaves

Scans = dict[int, list[tuple[str, datetime]]]


def stories(session: Session, orders: Sequence[Order]) -> dict[int, Story]:
    """Return the story of each order by its id, in a few queries."""
    ids = sorted({order.id for order in orders})
    if not ids:
        return {}
    shop_id = entered_shop(session)
    parcels = session.scalars(
        select(Fulfillment)
        .where(Fulfillment.shop_id == shop_id, among(Fulfillment.order_id, ids), Fulfillment.cancelled_at.is_(None))
        .order_by(Fulfillment.id)
    ).all()
    scans, delayed = _scans(session, shop_id, parcels), _delayed(session, shop_id, ids)
    of_order: dict[int, list[ParcelStory]] = defaultdict(list)
    for parcel in parcels:
        of_order[parcel.order_id].append(
            ParcelStory(
                id=parcel.id,
                shipped_at=parcel.shipped_at,
                delivered_at=parcel.delivered_at,
                delayed_at=delayed.get((parcel.order_id, parcel.shopify_id)),
                scans=(*scans[parcel.id], *pickup(parcel).words),
            )
        )
    refunded, returned = _refunded(session, shop_id, ids), _returned(session, shop_id, ids)
    reviews = _reviews(session, shop_id, ids)
    return {
        order.id: Story(
            order_id=order.id,
            placed_at=order.placed_at,
            stands=order.financial_status not in UNPAID,
            paid_at=order.paid_at,
            cancelled_at=order.cancelled_at,
            refunded_at=refunded.get(order.id),
            returned_at=returned.get(order.id),
            parcels=tuple(of_order[order.id]),
            reviews=tuple(reviews[order.id]),
        )
        for order in orders
    }


def plain_story(order: Order, parcels: Sequence[Fulfillment]) -> Story:
    """Return as much of a story as the order and its parcels tell by themselves: the PLAIN events."""
    standing = [parcel for parcel in parcels if parcel.cancelled_at is None]
    return Story(
        order_id=order.id,
        placed_at=order.placed_at,
        stands=order.financial_status not in UNPAID,
        paid_at=order.paid_at,
        cancelled_at=order.cancelled_at,
        parcels=tuple(ParcelStory(each.id, each.shipped_at, each.delivered_at) for each in standing),
    )


def _scans(session: Session, shop_id: int, parcels: Sequence[Fulfillment]) -> Scans:
    rows = session.execute(
        select(FulfillmentEvent.fulfillment_id, FulfillmentEvent.status, FulfillmentEvent.happened_at)
        .where(
            FulfillmentEvent.shop_id == shop_id,
            among(FulfillmentEvent.fulfillment_id, [parcel.id for parcel in parcels]),
            FulfillmentEvent.deleted_at.is_(None),
        )
        .order_by(FulfillmentEvent.happened_at, FulfillmentEvent.id)
    )
    found: Scans = defaultdict(list)
    for row in rows:
        found[row.fulfillment_id].append((row.status.lower(), row.happened_at))
    return found


def _delayed(session: Session, shop_id: int, ids: Sequence[int]) -> dict[tuple[int, int], datetime]:
    rows = session.execute(
        select(OrderEvent.order_id, OrderEvent.subject_id, func.min(OrderEvent.happened_at).label("at"))
        .where(OrderEvent.shop_id == shop_id, among(OrderEvent.order_id, ids), OrderEvent.kind == DELAYED)
        .group_by(OrderEvent.order_id, OrderEvent.subject_id)
    )
    return {(row.order_id, row.subject_id): row.at for row in rows}


def _refunded(session: Session, shop_id: int, ids: Sequence[int]) -> dict[int, datetime]:
    rows = session.execute(
        select(Refund.order_id, func.min(Refund.happened_at).label("at"))
        .where(Refund.shop_id == shop_id, among(Refund.order_id, ids))
        .group_by(Refund.order_id)
    )
    return {row.order_id: row.at for row in rows}


def _returned(session: Session, shop_id: int, ids: Sequence[int]) -> dict[int, datetime]:
    rows = session.execute(
        select(ReturnCase.order_id, func.min(ReturnCase.closed_at).label("at"))
        .where(
            ReturnCase.shop_id == shop_id,
            among(ReturnCase.order_id, ids),
            ReturnCase.status == ReturnStatus.CLOSED,
            ReturnCase.closed_at.is_not(None),
        )
        .group_by(ReturnCase.order_id)
    )
    return {row.order_id: row.at for row in rows}


def _reviews(session: Session, shop_id: int, ids: Iterable[int]) -> dict[int, list[tuple[int, datetime]]]:
    rows = session.execute(
        select(Review.order_id, Review.id, Review.published_at)
        .where(
            Review.shop_id == shop_id,
            among(Review.order_id, list(ids)),
            Review.state == ReviewState.PUBLISHED,
            Review.published_at.is_not(None),
        )
        .order_by(Review.id)
    )
    found: dict[int, list[tuple[int, datetime]]] = defaultdict(list)
    for row in rows:
        found[row.order_id].append((row.id, row.published_at))
    return found
