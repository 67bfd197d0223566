"""A shop's life: installed, uninstalled, installed again with a new generation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.kit.clock import business_now
from app.kit.events import emit
from app.kit.work import enter_shop
from app.shopify.models import InboxState, WebhookInbox
from app.shops.models import Shop, ShopStatus


@dataclass(frozen=True, slots=True)
class ShopInstalled:
    """Say that a shop was installed, for the first time or again."""

    shop_id: int
    generation: int


@dataclass(frozen=True, slots=True)
class ShopUninstalled:
    """Say that a shop is gone: nothing may be sent in its name. `generation` is the install that ended."""

    shop_id: int
    generation: int


def ensure_installed(session: Session, domain: str) -> Shop:
    """Return the shop of a verified first contact; make it, or raise its generation when it had been uninstalled.

    Enters the shop. Webhooks that waited for it become applicable.
    """
    now = business_now(session)
    session.execute(
        insert(Shop)
        .values(domain=domain, generation=0, status=ShopStatus.UNINSTALLED, installed_at=now)
        .on_conflict_do_nothing(),
    )
    shop = session.scalars(select(Shop).where(Shop.domain == domain).with_for_update()).one()
    enter_shop(session, shop.id)
    if shop.status is ShopStatus.UNINSTALLED:
        shop.generation += 1
        shop.status = ShopStatus.ACTIVE
        shop.installed_at = now
        shop.uninstalled_at = None
        shop.redacted_at = None
        session.flush()
        emit(session, ShopInstalled(shop.id, shop.generation))
        release_waiting(session, domain)
    else:
        # An uninstall we never heard of may lie in between; told late, it must not end what was granted after it.
        shop.status, shop.installed_at = ShopStatus.ACTIVE, now
    return shop


def release_waiting(session: Session, domain: str) -> None:
    """Let the webhooks that arrived before their shop be applied."""
    session.execute(
        update(WebhookInbox)
        .where(WebhookInbox.shop_domain == domain, WebhookInbox.state == InboxState.WAITING_FOR_SHOP)
        .values(state=InboxState.RECEIVED, lease_until=None, reason=None, attempts=0),
    )


def uninstall(session: Session, shop_id: int, at: datetime) -> bool:
    """Mark a shop uninstalled as of `at`; return False when that is about an older install than the present one."""
    shop = session.scalars(select(Shop).where(Shop.id == shop_id).with_for_update()).one()
    if shop.status is ShopStatus.UNINSTALLED or at < shop.installed_at:
        return False
    shop.status, shop.uninstalled_at = ShopStatus.UNINSTALLED, at
    session.flush()
    emit(session, ShopUninstalled(shop.id, shop.generation))
    return True


def need_reconnection(session: Session, shop_id: int) -> None:
    """Mark that Shopify accepts none of our tokens: the merchant has to open the app once."""
    session.execute(
        update(Shop)
        .where(Shop.id == shop_id, Shop.status == ShopStatus.ACTIVE)
        .values(status=ShopStatus.NEEDS_RECONNECTION),
    )
