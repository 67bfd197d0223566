"""Read which access the merchant has granted."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kit.work import entered_shop
from app.shops.models import AccessToken, Shop


def granted_scopes(session: Session) -> frozenset[str]:
    """Return the scopes of the entered shop's present install, as Shopify last told them."""
    scopes = session.scalar(
        select(AccessToken.scopes)
        .join(Shop, (Shop.id == AccessToken.shop_id) & (Shop.generation == AccessToken.generation))
        .where(AccessToken.shop_id == entered_shop(session))
    )
    return frozenset(scope for scope in (scopes or "").split(",") if scope)
