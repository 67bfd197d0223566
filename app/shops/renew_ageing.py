"""Keep connections that nobody uses: a refresh token dies after 90 days, so it is renewed after 60."""

from __future__ import annotations

import structlog
from sqlalchemy import select

from app.kit.clock import real_now
from app.kit.engines import SYSTEM
from app.kit.runtime import Runtime
from app.kit.work import unit_of_work
from app.shopify.entry.token_pair import REFRESH_LIFETIME, RENEW_REFRESH_AFTER, TokenFault
from app.shops import tokens
from app.shops.models import AccessToken, Shop, ShopStatus

MOST_AT_ONCE = 200  # the rest is due tomorrow, and has a month left

log = structlog.get_logger()


def renew_ageing(runtime: Runtime) -> int:
    """Renew the oldest refresh tokens of active shops; return how many. One shop's fault does not stop the others."""
    ends_before = real_now() + REFRESH_LIFETIME - RENEW_REFRESH_AFTER
    with unit_of_work(runtime, role=SYSTEM) as session:
        ageing = session.scalars(
            select(Shop.id)
            .join(AccessToken, (AccessToken.shop_id == Shop.id) & (AccessToken.generation == Shop.generation))
            .where(Shop.status == ShopStatus.ACTIVE, AccessToken.refresh_expires_at < ends_before)
            .order_by(AccessToken.refresh_expires_at)
            .limit(MOST_AT_ONCE)
        ).all()
    renewed = 0
    for shop_id in ageing:
        try:
            tokens.renew(runtime, shop_id, even_if_fresh=True)
            renewed += 1
        except TokenFault as fault:
            log.warning("token_not_renewed", shop_id=shop_id, fault=type(fault).__name__)
    return renewed
