"""Read reviews as the merchant sees them: how many in each state, and a page of cards."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.catalog.models import Product
from app.kit.work import entered_shop
from app.orders.models import Order, OrderLine
from app.orders.parcels import Fulfillment, FulfillmentLine
from app.reviews.models import Review
from app.reviews.states import ReviewState

PER_PAGE = 20


@dataclass(frozen=True, slots=True)
class Counts:
    """How many reviews a shop has in each state."""

    pending: int = 0
    published: int = 0
    hidden: int = 0

    @property
    def received(self) -> int:
        """Return how many there are in all."""
        return self.pending + self.published + self.hidden

    @property
    def line(self) -> str:
        """Return what the storefront says too."""
        return f"Received {self.received} · published {self.published} · hidden {self.hidden}"


@dataclass(frozen=True, slots=True)
class Card:
    """One review with what it is about. `arrived_at` is UTC; None where nobody reported that the parcel arrived."""

    review: Review
    product: str
    order: str
    arrived_at: datetime | None


def counts(session: Session) -> Counts:
    """Return how many reviews are in each state."""
    rows = session.execute(
        select(Review.state, func.count()).where(Review.shop_id == entered_shop(session)).group_by(Review.state)
    )
    return Counts(**{state.value: many for state, many in rows})


def cards(session: Session, state: ReviewState, page: int) -> list[Card]:
    """Return page `page` (from 1) of a state, and one card too many where there is another page.

    Those to decide come the oldest first, the others the newest first.
    """
    shop_id = entered_shop(session)
    at = Review.submitted_at
    ordered = (at, Review.id) if state is ReviewState.PENDING else (at.desc(), Review.id.desc())
    rows = session.execute(
        select(Review, Product.title, OrderLine.title, Order.name)
        .join(OrderLine, (OrderLine.shop_id == Review.shop_id) & (OrderLine.id == Review.order_line_id), isouter=True)
        .join(Order, (Order.shop_id == Review.shop_id) & (Order.id == Review.order_id), isouter=True)
        .join(
            Product,
            (Product.shop_id == Review.shop_id) & (Product.shopify_id == Review.product_shopify_id),
            isouter=True,
        )
        .where(Review.shop_id == shop_id, Review.state == state)
        .order_by(*ordered)
        .offset((page - 1) * PER_PAGE)
        .limit(PER_PAGE + 1)
    ).all()
    arrived = _arrived(session, shop_id, [review.order_line_id for review, *_ in rows])
    return [
        Card(review, product or bought or "A product", order or "", arrived.get(review.order_line_id))
        for review, product, bought, order in rows
    ]


def _arrived(session: Session, shop_id: int, line_ids: Collection[int]) -> dict[int, datetime]:
    """Return when each line first arrived, as far as anybody reported it."""
    rows = session.execute(
        select(FulfillmentLine.order_line_id, func.min(Fulfillment.delivered_at))
        .join(
            Fulfillment,
            (Fulfillment.shop_id == FulfillmentLine.shop_id) & (Fulfillment.id == FulfillmentLine.fulfillment_id),
        )
        .where(FulfillmentLine.shop_id == shop_id, FulfillmentLine.order_line_id.in_(line_ids))
        .where(Fulfillment.delivered_at.is_not(None), Fulfillment.cancelled_at.is_(None))
        .group_by(FulfillmentLine.order_line_id)
    )
    return {line: at for line, at in rows if at is not None}


def exists(session: Session, review_id: int) -> bool:
    """Tell whether this shop has a review of this id."""
    query = select(Review.id).where(Review.shop_id == entered_shop(session), Review.id == review_id)
    return session.scalar(query) is not None
