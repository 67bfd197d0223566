"""What each topic about the shop itself means. Bodies name their shop: one that names another is parked."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.kit.clock import business_now
from app.kit.events import emit
from app.kit.work import entered_shop
from app.shopify.payloads import webhook_people
from app.shopify.webhooks.apply import Delivery, Park, told_at
from app.shops import install
from app.shops.models import AccessToken, Shop, ShopProfile
from app.shops.profile import record_profile


@dataclass(frozen=True, slots=True)
class ScopesChanged:
    """Say that a shop granted access or took some back."""

    shop_id: int


def check_origin(session: Session, delivery: Delivery) -> None:
    """Raise Park when the body is about another shop than the unsigned header says."""
    told = webhook_people.origin(delivery.topic, delivery.body)
    if told.domain is not None and told.domain.lower() != delivery.shop_domain:
        raise Park("the body names another shop")
    if told.shopify_id is not None:
        known = session.scalar(select(ShopProfile.shopify_id).where(ShopProfile.shop_id == entered_shop(session)))
        if known is not None and known != told.shopify_id:
            raise Park("the body names another shop")


def shop_told(session: Session, delivery: Delivery) -> None:
    """Apply shop/update."""
    check_origin(session, delivery)
    record_profile(session, webhook_people.shop(delivery.body), seen_at=business_now(session))


def uninstalled(session: Session, delivery: Delivery) -> None:
    """Apply app/uninstalled, unless it is a late one about an older install than the present."""
    check_origin(session, delivery)
    install.uninstall(session, entered_shop(session), told_at(session, delivery))


def scopes_changed(session: Session, delivery: Delivery) -> None:
    """Apply app/scopes_update: what was granted or revoked holds from now on."""
    check_origin(session, delivery)
    told = webhook_people.scopes_change(delivery.body)
    shop = session.get_one(Shop, entered_shop(session))
    session.execute(
        update(AccessToken)
        .where(AccessToken.shop_id == shop.id, AccessToken.generation == shop.generation)
        .values(scopes=",".join(sorted(told.current))),
    )
    emit(session, ScopesChanged(shop.id))
