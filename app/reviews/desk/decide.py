"""A decision about one review: a merchant publishes it or hides it for a reason from the closed list, or time does."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kit.clock import business_now
from app.kit.errors import NotFound
from app.kit.events import emit
from app.kit.work import entered_shop
from app.orders.record.told import OrderChanged
from app.reviews import change
from app.reviews.models import Review
from app.reviews.moderation import without_ways_out
from app.reviews.states import HiddenReason, ReviewState
from app.reviews.storefront.keep_summary import product_changed

BY_ITSELF: Final = "by_itself"


def publish(session: Session, review_id: int, *, by: str) -> Review:
    """Show a review. Raise NotFound for one this shop does not have; publishing a shown one changes nothing."""
    review = _locked(session, review_id)
    if review.state is not ReviewState.PUBLISHED:
        now = business_now(session)
        review.state, review.hidden_reason, review.held_for, review.decides_at = ReviewState.PUBLISHED, None, None, None
        review.published_at = review.published_at or now
        _settle(session, review, "published", by)
    return review


def publish_by_itself(session: Session, review_id: int) -> bool:
    """Show a held review whose day has come, without what it was held for; say whether it was one.

    What the writer typed stays in its history. It is kept that nobody decided, and for what it had been held.
    """
    review, now = _locked(session, review_id), business_now(session)
    if review.state is not ReviewState.PENDING or review.decides_at is None or review.decides_at > now:
        return False
    words = without_ways_out(review.body, review.name_shown)
    review.body, review.name_shown = words.body, words.name
    review.state, review.decides_at, review.published_at = ReviewState.PUBLISHED, None, review.published_at or now
    _settle(session, review, "published", BY_ITSELF)
    return True


def hide(session: Session, review_id: int, reason: HiddenReason, *, by: str) -> Review:
    """Hide a review for a reason. Raise NotFound for one this shop does not have."""
    review = _locked(session, review_id)
    if review.state is not ReviewState.HIDDEN or review.hidden_reason != reason:
        review.state, review.hidden_reason, review.decides_at = ReviewState.HIDDEN, reason, None
        _settle(session, review, "hidden", by)
    return review


def _settle(session: Session, review: Review, kind: str, by: str) -> None:
    session.flush()
    change.append(session, review, kind, by, business_now(session))
    product_changed(session, review.product_shopify_id)
    emit(session, OrderChanged(review.order_id))


def _locked(session: Session, review_id: int) -> Review:
    review = session.scalars(
        select(Review).where(Review.shop_id == entered_shop(session), Review.id == review_id).with_for_update(),
    ).one_or_none()
    if review is None:
        raise NotFound
    return review
