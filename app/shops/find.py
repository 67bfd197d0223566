"""Find the shop a webhook is for. The header that names it is not signed: handlers check the body where they can."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kit.work import hold
from app.shopify.webhooks.apply import Delivery, WaitForShop
from app.shops.models import Shop, ShopStatus

FOR_GONE_SHOPS = frozenset(
    {"app/uninstalled", "customers/data_request", "customers/redact", "shop/redact"}
)  # these come, or come again, when the shop has left


def shop_of_delivery(session: Session, delivery: Delivery) -> int:
    """Return the shop's id; raise WaitForShop while it is not installed."""
    shop = session.scalars(select(Shop).where(Shop.domain == delivery.shop_domain)).one_or_none()
    if shop is None or (shop.status is ShopStatus.UNINSTALLED and delivery.topic not in FOR_GONE_SHOPS):
        raise WaitForShop
    hold(session, shop)  # whoever asks Shopify about the delivery needs it again
    return shop.id
