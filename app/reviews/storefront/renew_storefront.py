"""Renew a product's reviews on the storefront: its metaobject, written whole from our rows, however often asked."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kit.work import entered_shop
from app.reviews.models import RatingSummary, Review
from app.reviews.states import ReviewState
from app.reviews.storefront.keep_summary import stored, want_renewal
from app.reviews.storefront.summary_fields import FIRST_PAGE, Shown, summary_fields
from app.shopify.asking.admin import AdminClient
from app.shops.install import ShopInstalled
from app.shops.zone import shop_zone

TYPE = "$app:review_summary"


def renew(session: Session, client: AdminClient, payload: dict[str, Any]) -> None:
    """Write the metaobject of `payload["product"]`. Runs again after a lost reply: the handle is the product's id.

    Raises an AdminFault when Shopify does not take it.
    """
    product_id = int(payload["product"])
    summary = stored(session, product_id)
    if summary is None:
        return
    fields = summary_fields(product_id, summary, _newest(session, product_id))
    client.change(
        "metaobject_upsert",
        handle={"type": TYPE, "handle": str(product_id)},
        metaobject={"fields": [{"key": key, "value": value} for key, value in fields.items()]},
    )


def shop_installed(session: Session, event: ShopInstalled) -> None:
    """Ask for every product anew: what an app owned at Shopify goes when it is removed."""
    renew_all(session)


def renew_all(session: Session) -> None:
    """Ask for every product of the entered shop anew; also after a merchant allows the shared stars."""
    for product_id in session.scalars(
        select(RatingSummary.product_shopify_id).where(RatingSummary.shop_id == entered_shop(session))
    ):
        want_renewal(session, product_id)


def _newest(session: Session, product_id: int) -> list[Shown]:
    shop_id = entered_shop(session)
    zone = shop_zone(session)
    rows = session.scalars(
        select(Review)
        .where(
            Review.shop_id == shop_id,
            Review.product_shopify_id == product_id,
            Review.state == ReviewState.PUBLISHED,
        )
        .order_by(Review.submitted_at.desc(), Review.id.desc())
        .limit(FIRST_PAGE)
    )
    return [
        Shown(
            id=row.public_id,
            rating=row.rating,
            body=row.body,
            name=row.name_shown,
            verified=row.verified,
            submitted_on=row.submitted_at.astimezone(zone).date(),
            locale=row.locale,
        )
        for row in rows
    ]
