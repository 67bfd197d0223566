"""Say how far the first reading of a shop has come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.catalog.models import Product
from app.customers.models import Customer
from app.flows.planning.by_hand import on_the_road
from app.flows.syncing import sync_stages
from app.flows.syncing.importing.progress import progress
from app.flows.words.count_words import counted
from app.flows.words.people import access_words
from app.kit.clock import business_now
from app.kit.work import entered_shop
from app.messages.models import Message
from app.orders.models import Order
from app.shopify.models import SyncCursor
from app.shops.data_access import is_open

STAGES: Final = tuple(sync_stages.STAGES)


@dataclass(frozen=True, slots=True)
class Reading:
    """Hold what has been read; `share` of the stages is behind us, 0 to 1. `finished` once a whole pass has ended."""

    finished: bool
    share: float
    words: str
    trouble: str = ""


def reading(session: Session) -> Reading:
    """Return how far the reading of the entered shop has come."""
    shop_id = entered_shop(session)
    cursor = session.scalars(select(SyncCursor).where(SyncCursor.shop_id == shop_id)).one_or_none()
    orders = session.scalar(select(func.count(Order.id)).where(Order.shop_id == shop_id)) or 0
    if cursor is not None and (cursor.finished_at is not None or _has_all(session, cursor)):
        return Reading(finished=True, share=1.0, words=_sentence(session, orders))
    products = session.scalar(select(func.count(Product.id)).where(Product.shop_id == shop_id)) or 0
    people = session.scalar(select(func.count(Customer.id)).where(Customer.shop_id == shop_id)) or 0
    stage = STAGES.index(cursor.stage) if cursor is not None and cursor.stage in STAGES else 0
    read = ", ".join((counted(products, "product"), counted(people, "customer"), counted(orders, "order")))
    words = f"{read} read so far."
    return Reading(finished=False, share=max(0.05, stage / len(STAGES)), words=words, trouble=_trouble(session, cursor))


def _has_all(session: Session, cursor: SyncCursor) -> bool:
    """Tell whether the orders came by bulk before the pass got to them: there is nothing left to wait for."""
    past = progress(session)
    return past is not None and past.is_read and cursor.stage in {"orders", "deletions"}


def _trouble(session: Session, cursor: SyncCursor | None) -> str:
    if not is_open(session):
        return f"{access_words.NOT_OPEN} {access_words.TO_DO}"
    return "Shopify did not answer. It is asked again within five minutes." if cursor and cursor.last_fault else ""


def _sentence(session: Session, orders: int) -> str:
    parcels = on_the_road.counted(session, business_now(session))
    read = f"{counted(orders, 'order')} read."
    sent = select(Message.id).where(Message.shop_id == entered_shop(session), Message.accepted_at.is_not(None)).limit(1)
    said = "Nothing has been sent." if session.scalar(sent) is None else "Nothing is sent before you start."
    known = f"{read} {counted(parcels, 'parcel')} on the road. {said}"
    return known if is_open(session) else f"{known} {access_words.NOT_OPEN} {access_words.TO_DO}"
