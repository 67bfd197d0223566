"""Publish held reviews nobody has decided about in time: each by its own day, whatever its stars."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select, update

from app.kit.clock import business_now
from app.kit.engines import SYSTEM
from app.kit.runtime import Runtime
from app.kit.work import unit_of_work
from app.reviews.desk.decide import publish_by_itself
from app.reviews.models import Review
from app.reviews.moderation import DECIDES_AFTER
from app.reviews.states import ReviewState
from app.shops.models import Shop, ShopStatus

AT_ONCE: Final = 500


def publish_due(runtime: Runtime) -> int:
    """Publish what is due at every installed shop, a review a transaction; return how many.

    What has no day yet gets one, so that the merchant sees it come.
    """
    with unit_of_work(runtime, role=SYSTEM) as session:
        now = business_now(session)
        held = Review.state == ReviewState.PENDING
        session.execute(update(Review).where(held, Review.decides_at.is_(None)).values(decides_at=now + DECIDES_AFTER))
        due = session.execute(
            select(Review.shop_id, Review.id)
            .join(Shop, Shop.id == Review.shop_id)
            .where(held, Review.decides_at <= now, Shop.status != ShopStatus.UNINSTALLED)
            .order_by(Review.decides_at, Review.id)
            .limit(AT_ONCE)
        ).all()
    published = 0
    for shop_id, review_id in due:
        with unit_of_work(runtime, shop_id=shop_id) as session:
            published += publish_by_itself(session, review_id)
    return published
