"""Find the shop a webhook is for. The header that names it is not signed: handlers check the body where they can."""

from __future__ import annotations

from typing import Final

from sqlalchemy.orm import Session

from app.kit.rows.one_trip import one_trip
from app.shopify.webhooks.apply import Delivery, WaitForShop
from app.shops.models import ShopStatus

FOR_GONE_SHOPS = frozenset(
    {"app/uninstalled", "customers/data_request", "customers/redact", "shop/redact"}
)  # these come, or come again, when the shop has left
KNOWN: Final = "select id, status from shop where domain = %(domain)s"
# It may be coming back at this moment: read again once nobody can bring it back before we are done.
LOCKED: Final = f"{KNOWN} for share"


def shop_of_delivery(session: Session, delivery: Delivery) -> int:
    """Return the shop's id; raise WaitForShop while it is not installed."""
    for asked in (KNOWN, LOCKED):
        (shops,) = one_trip(session, [(asked, {"domain": delivery.shop_domain})])
        for shop_id, status in shops:
            if status != ShopStatus.UNINSTALLED or delivery.topic in FOR_GONE_SHOPS:
                found: int = shop_id
                return found
    raise WaitForShop
