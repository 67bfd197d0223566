"""Recompute a product's summary from its rows and ask for the storefront's copy to be renewed."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.kit.clock import business_now
from app.kit.work import entered_shop
from app.reviews.models import RatingSummary, Review
from app.reviews.settings import StandardStars
from app.reviews.storefront.ratings import Summary, summarise
from app.shopify.asking import outgoing
from app.shops import settings

SUMMARY_CALL = "review_summary"
STARS_CALL = "standard_stars"


def product_changed(session: Session, product_shopify_id: int) -> Summary:
    """Recompute one product under its lock, and queue the renewal of what the storefront reads: newest content wins."""
    shop_id = entered_shop(session)
    session.flush()
    session.execute(
        select(func.pg_advisory_xact_lock(func.hashtextextended(f"rating:{shop_id}:{product_shopify_id}", 0)))
    )
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
    want_renewal(session, product_shopify_id)
    return summary


def want_renewal(session: Session, product_shopify_id: int) -> None:
    """Queue writing one product's summary to the shop: our metaobject always, the standard stars where allowed."""
    payload = {"product": product_shopify_id}
    outgoing.request(session, f"{SUMMARY_CALL}:{product_shopify_id}", SUMMARY_CALL, payload)
    if settings.load(session, StandardStars).allowed:
        outgoing.request(session, f"{STARS_CALL}:{product_shopify_id}", STARS_CALL, payload)


def stored(session: Session, product_shopify_id: int) -> Summary | None:
    """Return a product's summary as last computed; None for a product nobody has reviewed."""
    row = session.scalars(
        select(RatingSummary).where(
            RatingSummary.shop_id == entered_shop(session), RatingSummary.product_shopify_id == product_shopify_id
        )
    ).one_or_none()
    if row is None:
        return None
    stars = {int(star): count for star, count in row.histogram.items()}
    return Summary(row.received, row.published, row.hidden, row.rating_sum, stars)
