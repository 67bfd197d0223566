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
    known = select(Shop).where(Shop.domain == delivery.shop_domain)
    shop = session.scalars(known).one_or_none()
    if _is_missing(shop, delivery):
        # It may be coming back at this moment: read again once nobody can bring it back before we are done.
        locked = known.with_for_update(read=True).execution_options(populate_existing=True)
        shop = session.scalars(locked).one_or_none()
    if shop is None or _is_missing(shop, delivery):
        raise WaitForShop
    hold(session, shop)  # whoever asks Shopify about the delivery needs it again
    return shop.id


def _is_missing(shop: Shop | None, delivery: Delivery) -> bool:
    return shop is None or (shop.status is ShopStatus.UNINSTALLED and delivery.topic not in FOR_GONE_SHOPS)
