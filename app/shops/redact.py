"""Erase a shop: every row of every tenant table. What stays is that it once was here, and when it was erased."""

from __future__ import annotations

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.kit import fault
from app.kit.clock import business_now
from app.kit.db import Base
from app.kit.work import entered_shop
from app.shopify.webhooks.apply import Delivery
from app.shopify.webhooks.erase_bodies import delete_deliveries
from app.shops.models import Shop, ShopStatus
from app.shops.topics import check_origin


def shop_redacted(session: Session, delivery: Delivery) -> None:
    """Apply shop/redact, which comes 48 hours after an uninstall. A shop that has come back since is left alone."""
    check_origin(session, delivery)
    shop = session.scalars(select(Shop).where(Shop.id == entered_shop(session)).with_for_update()).one()
    if shop.status is not ShopStatus.UNINSTALLED:
        return
    for table in reversed(Base.metadata.sorted_tables):
        if "shop_id" in table.c:
            session.execute(delete(table).where(table.c.shop_id == shop.id))
    fault.point("E3")
    delete_deliveries(session, delivery.shop_domain)
    shop.redacted_at = business_now(session)
