"""What this domain holds of a person, and how it is taken out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.customers.erase import CustomerErased
from app.kit.work import entered_shop
from app.reviews.models import Review, ReviewChange
from app.reviews.storefront.keep_summary import product_changed


def export(session: Session, customer_ids: Sequence[int]) -> list[dict[str, Any]]:
    """Return the person's reviews, as JSON values."""
    rows = session.scalars(
        select(Review).where(Review.shop_id == entered_shop(session), Review.customer_id.in_(customer_ids))
    )
    return [
        {
            "product": row.product_shopify_id,
            "rating": row.rating,
            "body": row.body,
            "name_shown": row.name_shown,
            "state": row.state.value,
            "at": row.submitted_at.isoformat(),
        }
        for row in rows
    ]


def customer_erased(session: Session, event: CustomerErased) -> None:
    """Delete the person's reviews with their history, and compute the products anew without them."""
    shop_id = entered_shop(session)
    rows = session.execute(
        select(Review.id, Review.product_shopify_id).where(
            Review.shop_id == shop_id, Review.customer_id == event.customer_id
        )
    ).all()
    ids = [row.id for row in rows]
    session.execute(delete(ReviewChange).where(ReviewChange.shop_id == shop_id, ReviewChange.review_id.in_(ids)))
    session.execute(delete(Review).where(Review.shop_id == shop_id, Review.id.in_(ids)))
    for product in sorted({row.product_shopify_id for row in rows}):
        product_changed(session, product)
