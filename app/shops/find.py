"""Find the shop a webhook is for. The header that names it is not signed: handlers check the body where they can."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Text, bindparam, select
from sqlalchemy.orm import Session

from app.kit.work import hold
from app.shopify.webhooks.apply import Delivery, WaitForShop
from app.shops.models import Shop, ShopStatus

FOR_GONE_SHOPS = frozenset(
    {"app/uninstalled", "customers/data_request", "customers/redact", "shop/redact"}
)  # these come, or come again, when the shop has left


KNOWN: Final = select(Shop).where(Shop.domain == bindparam("domain", type_=Text))
# It may be coming back at this moment: read again once nobody can bring it back before we are done.
LOCKED: Final = KNOWN.with_for_update(read=True).execution_options(populate_existing=True)


def shop_of_delivery(session: Session, delivery: Delivery) -> int:
    """Return the shop's id; raise WaitForShop while it is not installed."""
    named = {"domain": delivery.shop_domain}
    shop = session.scalars(KNOWN, named).one_or_none()
    if _is_missing(shop, delivery):
        shop = session.scalars(LOCKED, named).one_or_none()
    if shop is None or _is_missing(shop, delivery):
        raise WaitForShop
    hold(session, shop)  # whoever asks Shopify about the delivery needs it again
    return shop.id


def _is_missing(shop: Shop | None, delivery: Delivery) -> bool:
    return shop is None or (shop.status is ShopStatus.UNINSTALLED and delivery.topic not in FOR_GONE_SHOPS)
