"""Recompute a product's summary from its rows and ask for the storefront's copy to be renewed."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.kit.clock import business_now
from app.kit.work import entered_shop
from app.reviews.models import RatingSummary, Review
from app.reviews.ratings import Summary, summarise
from app.shopify import outgoing

CALL = "review_summary"


def product_changed(session: Session, product_shopify_id: int) -> Summary:
    """Recompute one product under its lock, and queue the renewal of its metaobject: the newest content wins."""
    shop_id = entered_shop(session)
    session.execute(
        select(func.pg_advisory_xact_lock(func.hashtextextended(f"rating:{shop_id}:{product_shopify_id}", 0)))
    )
    session.flush()
    rows = session.execute(
        select(Review.rating, Review.state).where(
            Review.shop_id == shop_id, Review.product_shopify_id == product_shopify_id
        )
    )
    summary = summarise((row.rating, row.state) for row in rows)
    values = {
        "received": summary.received,
        "published": summary.published,
        "hidden": summary.hidden,
        "rating_sum": summary.rating_sum,
        "histogram": {str(star): count for star, count in summary.histogram.items()},
        "computed_at": business_now(session),
    }
    session.execute(
        insert(RatingSummary)
        .values(values | {"shop_id": shop_id, "product_shopify_id": product_shopify_id})
        .on_conflict_do_update(index_elements=["shop_id", "product_shopify_id"], set_=values),
    )
    outgoing.request(session, f"{CALL}:{product_shopify_id}", CALL, {"product": product_shopify_id})
    return summary
