"""Two days after an uninstall, ask the app to forget the shop, as Shopify does."""

from datetime import timedelta

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Session

from devstore.clock.now import store_now
from devstore.state.models import Redaction, Shop
from devstore.world.shop import redact_shop

PAUSE = timedelta(hours=48)


def redact_left(session: Session) -> bool:
    """Send shop/redact to the shop that has waited longest; False when none is due."""
    shop = session.scalar(_left(session).order_by(Shop.uninstalled_at).limit(1).with_for_update(of=Shop))
    if shop is None or shop.uninstalled_at is None:
        return False
    session.add(Redaction(shop_id=shop.id, uninstalled_at=shop.uninstalled_at))
    redact_shop(session, shop)
    return True


def count_left(session: Session) -> int:
    """Return how many shops are to be forgotten by now."""
    return session.scalar(select(func.count()).select_from(_left(session).subquery())) or 0


def _left(session: Session) -> Select[Shop]:
    sent = and_(Redaction.shop_id == Shop.id, Redaction.uninstalled_at == Shop.uninstalled_at)
    return (
        select(Shop)
        .outerjoin(Redaction, sent)
        .where(~Shop.installed, Shop.uninstalled_at <= store_now(session) - PAUSE, Redaction.shop_id.is_(None))
    )
